using System.Globalization;

namespace RaftActors.Cli.Terminal;

/// <summary>
/// The name and address of a server, which is <c>:9990</c> on this machine and <c>host:9990</c> elsewhere. All servers and clients must
/// write it alike. <c>localhost</c> and <c>127.0.0.1</c> mean this machine.
/// </summary>
internal sealed record ServerId(string Host, int Port) : IComparable<ServerId>
{
    /// <summary>The name of the group, of each raft actor and of each actor system.</summary>
    public const string GroupName = "raft";

    private const string Loopback = "127.0.0.1";

    public string Hostname => Host.Length == 0 ? Loopback : Host;

    /// <summary>The name of its raft process: <c>raft@:9990</c>.</summary>
    public ProcessName Process => new($"{GroupName}@{this}");

    /// <summary>The name of its folder under <c>~/.goraft</c>: <c>host_9990</c>.</summary>
    public string AgentId => $"{Host}_{Port}";

    public static ServerId Of(ProcessName process) =>
        TryParse(process.Node, out var id)
            ? id
            : throw new FormatException($"{process} is not a server of this program: its node must be HOST:PORT");

    public static ServerId? TryOf(ProcessName process) => TryParse(process.Node, out var id) ? id : null;

    /// <summary>Parses <c>:9990</c>, <c>9990</c> or <c>host:9990</c>.</summary>
    public static bool TryParse(string text, out ServerId id)
    {
        var colon = text.LastIndexOf(':');
        var host = text[..Math.Max(0, colon)].Trim().ToLowerInvariant();
        var isPort = int.TryParse(text[(colon + 1)..], NumberStyles.None, null, out var port)
            && port is > 0 and <= 65_535;
        id = new ServerId(host is "localhost" or Loopback ? "" : host, port);
        return isPort && (host.Length == 0 || Uri.CheckHostName(host) is UriHostNameType.Dns or UriHostNameType.IPv4);
    }

    /// <summary>The name of the server, or of a process that is not a server.</summary>
    public static string Show(ProcessName process) => TryParse(process.Node, out var id) ? id.ToString() : process.Value;

    /// <summary>Replaces process names in a text of the engine by server names.</summary>
    public static string Show(string text) => text.Replace($"{GroupName}@", "", StringComparison.Ordinal);

    public static string AddCommand(object server, object by) => $"raft members add {server} -S {by}";

    /// <summary>Says for which other founders a founder waits.</summary>
    public static string Founding(IEnumerable<string> others) =>
        $"waits for {string.Join(" and ", others)}: the first start of a group needs all servers of -c, each with the same -c";

    public int CompareTo(ServerId? other) => string.CompareOrdinal(ToString(), other?.ToString());

    public override string ToString() => $"{Host}:{Port}";
}
