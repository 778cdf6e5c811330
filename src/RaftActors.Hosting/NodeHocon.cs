using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

using Akka.Configuration;

namespace RaftActors.Hosting;

/// <summary>The settings that <see cref="RaftNodeOptions"/> stand for. Unset options set nothing.</summary>
internal static class NodeHocon
{
    public static Config Of(RaftNodeOptions options) => ConfigurationFactory.ParseString(string.Join('\n', Lines(options)));

    /// <summary>A quoted string of HOCON is one of JSON.</summary>
    public static string Quote(string text) => $"\"{JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";

    public static string List(IEnumerable<string> items) => $"[{string.Join(", ", items.Select(Quote))}]";

    private static IEnumerable<string> Lines(RaftNodeOptions options)
    {
        var security = options.Security;
        (string Key, string? Value)[] all =
        [
            ("node", Text(options.Node)),
            ("roster", TextList(options.Roster)),
            ("contacts", TextList(options.Contacts)),
            ("client.contacts", TextList(options.Contacts)),
            ("joining", Flag(options.Joining)),
            ("store.directory", Text(options.StoreDirectory is { } directory ? Path.GetFullPath(directory) : null)),
            ("quorum.max", options.MaxQuorum?.ToString(CultureInfo.InvariantCulture)),
            ("quorum.allow-fewer-than-three", Flag(options.AllowFewerThanThree)),
            ("failure-domain", Text(options.FailureDomain)),
            ("security.tls.certificate", Text(security.Certificate)),
            ("security.tls.key", Text(security.Key)),
            ("security.tls.password", Text(security.Password)),
            ("security.tls.ca", Text(security.Ca)),
            ("security.roles.node", TextList(security.Nodes)),
            ("security.roles.operator", TextList(security.Operators)),
            ("security.roles.writer", TextList(security.Writers)),
            ("security.roles.reader", TextList(security.Readers)),
        ];
        return all.Where(each => each.Value is not null).Select(each => $"raft.{each.Key} = {each.Value}");
    }

    private static string? Text(string? value) => value is null ? null : Quote(value);

    private static string? TextList(IList<string> values) => values.Count == 0 ? null : List(values);

    private static string? Flag(bool? value) => value switch { null => null, true => "on", false => "off" };
}
