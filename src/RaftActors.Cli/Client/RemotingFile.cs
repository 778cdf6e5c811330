using Akka.Configuration;
using Akka.Configuration.Hocon;

using RaftActors.Clients;

namespace RaftActors.Cli.Client;

/// <summary>The settings of an application's remoting, from its HOCON file.</summary>
internal static class RemotingFile
{
    private const string Section = "akka.remote";

    // Whether the application encrypts the remoting, and leaves raft's own connections as they are.
    private const string Unencrypted = "raft.transport-tcp.unencrypted";

    /// <summary>
    /// Reads the section <c>akka.remote</c>, with the address of this program in place of the node's, and whether raft's own connections
    /// need no encryption.
    /// </summary>
    /// <param name="contact">A node of the application.</param>
    /// <exception cref="UsageException">The file cannot be read, has no such section, or a wrong value.</exception>
    public static Config Read(string file, Contact contact)
    {
        var (all, why) = Parse(file);
        if (why is not null || !all.HasPath(Section))
        {
            throw new UsageException(
                $"--remoting needs a HOCON file with a section {Section}, and '{file}' {why ?? "has none"}; name another file");
        }

        var own = ConfigurationFactory.ParseString(
            $$"""
            {{Section}}.dot-netty.tcp {
              hostname = "{{OwnSystem.HostTowards(contact.Key)}}"
              port = 0
              public-hostname = ""
              public-port = 0
            }
            {{Unencrypted}} = {{(IsUnencrypted(all, file) ? "on" : "off")}}
            """);
        return own.WithFallback(new Config(new HoconRoot(Under("akka", Under("remote", all.GetValue(Section))))));
    }

    private static bool IsUnencrypted(Config all, string file)
    {
        try
        {
            return all.GetBoolean(Unencrypted);
        }
        catch (NotSupportedException)
        {
            throw new UsageException($"--remoting: {Unencrypted} in '{file}' is neither on nor off; set it to one of them");
        }
    }

    private static HoconValue Under(string key, HoconValue value)
    {
        HoconObject section = new();
        section.Items.Add(key, value);
        HoconValue whole = new();
        whole.AppendValue(section);
        return whole;
    }

    private static (Config All, string? Why) Parse(string file)
    {
        try
        {
            return (RaftHocon.Parse(File.ReadAllText(file), file), null);
        }
        catch (RaftConfigurationException e)
        {
            return (Config.Empty, $"is wrong: {Clause.Of(e.Message)}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (Config.Empty, $"cannot be read: {Clause.Of(e.Message)}");
        }
    }
}
