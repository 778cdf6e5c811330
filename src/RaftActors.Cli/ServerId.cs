using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json.Serialization;

using RaftActors.Core;

namespace RaftActors.Cli;

/// <summary>
/// A server as people name it: <c>:9990</c> on this machine, <c>host:9990</c> elsewhere. It is its name and its address in one, so it must
/// be written the same by everybody: <c>localhost</c> and <c>127.0.0.1</c> are this machine too.
/// </summary>
internal readonly record struct ServerId(string Host, int Port) : IComparable<ServerId>
{
    /// <summary>The group of the raft actors, the name of each, and that of their actor systems.</summary>
    public const string GroupName = "raft";

    private const string Loopback = "127.0.0.1";

    /// <summary>Where it listens, and where others find it.</summary>
    [JsonIgnore]
    public string Hostname => Host.Length == 0 ? Loopback : Host;

    /// <summary>The name of its raft process, whose node is the address.</summary>
    [JsonIgnore]
    public ProcessName Process => new($"{GroupName}@{this}");

    /// <summary>The name of its folder.</summary>
    [JsonIgnore]
    public string AgentId => $"{Host}_{Port.ToString(CultureInfo.InvariantCulture)}";

    public static ServerId Of(ProcessName process) =>
        TryParse(process.Node, out var id) ? id : throw new FormatException($"{process} is no server of this program");

    /// <summary>Reads <c>:9990</c>, <c>9990</c> or <c>host:9990</c>.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out ServerId id)
    {
        var colon = text.LastIndexOf(':');
        var host = text[..Math.Max(0, colon)].Trim().ToLowerInvariant();
        var isPort = int.TryParse(text[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            && port is > 0 and <= 65_535;
        id = new ServerId(host is "localhost" or Loopback ? "" : host, port);
        return isPort && (host.Length == 0 || Uri.CheckHostName(host) is UriHostNameType.Dns or UriHostNameType.IPv4);
    }

    /// <summary>The server, for people; whoever it may be.</summary>
    public static string Show(ProcessName process) => TryParse(process.Node, out var id) ? id.ToString() : process.Value;

    /// <summary>A text of the engine, which names processes, as this program names servers.</summary>
    public static string Show(string text) => text.Replace($"{GroupName}@", "", StringComparison.Ordinal);

    /// <summary>What takes a server in.</summary>
    /// <param name="by">A server of the group.</param>
    public static string AddCommand(ServerId server, object by) => $"raft members add {server} -S {by}";

    public int CompareTo(ServerId other) => string.CompareOrdinal(ToString(), other.ToString());

    public override string ToString() => $"{Host}:{Port.ToString(CultureInfo.InvariantCulture)}";
}
