using System.Text.Encodings.Web;
using System.Text.Json;

using Akka.Configuration;

using RaftActors.Client;
using RaftActors.Discovery;

namespace RaftActors.Hosting;

/// <summary>Makes the configuration of the host's actor system from <see cref="RaftHostOptions"/>.</summary>
internal static class HostConfig
{
    /// <exception cref="RaftStartException">The HOCON cannot be read or parsed.</exception>
    public static Config Of(RaftHostOptions options, HostPaths paths) =>
        ConfigurationFactory.ParseString(string.Join('\n', OfOptions(options, paths)))
            .WithFallback(Parse(nameof(options.Hocon), () => options.Hocon ?? ""))
            .WithFallback(Parse(
                nameof(options.HoconFile), () => options.HoconFile is { } file ? File.ReadAllText(paths.Resolve(file)) : ""))
            .WithFallback(ConfigurationFactory.ParseString(string.Join('\n', Defaults(options))));

    private static IEnumerable<string> OfOptions(RaftHostOptions options, HostPaths paths)
    {
        if (options.Node is { } node)
        {
            yield return $"raft.node = {Quote(node)}";
        }

        if (options.Roster.Count > 0)
        {
            yield return $"raft.roster = [{string.Join(", ", options.Roster.Select(Quote))}]";
        }

        if (options.Contacts.Count > 0)
        {
            var contacts = string.Join(", ", options.Contacts.Select(Quote));
            yield return $"raft.contacts = [{contacts}]";
            yield return $"raft.client.contacts = [{contacts}]";
        }

        if (options.StoreDirectory is { } directory)
        {
            yield return $"raft.store.directory = {Quote(paths.Resolve(directory))}";
        }
    }

    private static IEnumerable<string> Defaults(RaftHostOptions options)
    {
        yield return $"akka.loggers = [{Quote($"{typeof(AkkaLogger).FullName}, {typeof(AkkaLogger).Assembly.GetName().Name}")}]";

        // The host decides when the actor system stops.
        yield return "akka.coordinated-shutdown.run-by-clr-shutdown-hook = off";

        // Otherwise Akka.NET can lose all messages to a node that restarted quickly.
        yield return "akka.remote.use-passive-connections = off";
        if (options.Node is { } node && NodeAddress.Parse(node) is var (host, port))
        {
            yield return "akka.actor.provider = remote";
            yield return $"akka.remote.dot-netty.tcp {{ hostname = {Quote(host)}, port = {port} }}";
            yield return "raft.discovery = node-names";
        }
        else if (options.Node is null && options.Contacts.Count > 0)
        {
            // A front end: other nodes connect to it at the address that it calls them from.
            yield return "akka.actor.provider = remote";
            yield return $"akka.remote.dot-netty.tcp {{ hostname = {Quote(OwnSystem.HostTowards(options.Contacts[0]))}, port = 0 }}";
        }
    }

    private static Config Parse(string option, Func<string> read)
    {
        try
        {
            return ConfigurationFactory.ParseString(read());
        }
        catch (Exception cause)
        {
            throw new RaftStartException($"Cannot read the HOCON of {RaftHostOptions.Section}:{option}. {cause.Message}", cause);
        }
    }

    // A quoted string of HOCON is one of JSON.
    private static string Quote(string text) => $"\"{JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";
}
