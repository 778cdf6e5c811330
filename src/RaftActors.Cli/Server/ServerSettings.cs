using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace RaftActors.Cli.Server;

/// <summary>How a server is to run.</summary>
/// <param name="Id">Who it is.</param>
/// <param name="Servers">The list that <c>-c</c> gives, in its order.</param>
/// <param name="Bind">The local address to listen on; null: the one that its name says.</param>
/// <param name="Data">Its own directory, with its whole path.</param>
/// <param name="ElectionTimeoutMin">In milliseconds.</param>
/// <param name="ElectionTimeoutMax">In milliseconds.</param>
internal sealed record ServerSettings(
    ServerId Id,
    ImmutableArray<ServerId> Servers,
    string? Bind,
    string Data,
    int ElectionTimeoutMin,
    int ElectionTimeoutMax,
    bool IsVerbose)
{
    public const int DefaultElectionTimeoutMin = 150;
    public const int DefaultElectionTimeoutMax = 300;

    // Three heartbeats of a tick each must fit, and a person must not wait for hours.
    private const int LeastElectionTimeout = 30;
    private const int LongestMilliseconds = 600_000;

    public static TimeSpan LongestElectionTimeout { get; } = TimeSpan.FromMilliseconds(LongestMilliseconds);

    /// <summary>Its own list names it: it founds the group with the others. Otherwise it waits until a group takes it in.</summary>
    public bool IsFounder => Servers.Contains(Id);

    /// <summary>The servers of the list but itself.</summary>
    public ImmutableArray<ServerId> Others => Servers.Remove(Id);

    /// <summary>Puts together what a person wrote.</summary>
    /// <param name="cluster">The servers, with commas between them.</param>
    /// <param name="port">As <c>9990</c> or <c>:9990</c>.</param>
    /// <param name="host">Under which name others reach it; empty: on this machine only.</param>
    /// <param name="data">Null: the default one.</param>
    /// <param name="problem">What is wrong with it, as a sentence.</param>
    public static bool TryMake(
        string? cluster,
        string port,
        string? host,
        string? bind,
        string? data,
        int? electionTimeoutMin,
        int? electionTimeoutMax,
        bool isVerbose,
        [NotNullWhen(true)] out ServerSettings? settings,
        [NotNullWhen(false)] out string? problem)
    {
        settings = null;
        var (min, max) = TimeoutsOf(electionTimeoutMin, electionTimeoutMax);
        problem = WhyNotTimeouts(min, max) ?? WhyNotHost(host) ?? WhyNotBind(bind) ?? WhyNotData(data);
        if (problem is not null)
        {
            return false;
        }

        if (!TryReadList(cluster, out var servers, out problem))
        {
            return false;
        }

        if (port.LastIndexOf(':') > 0 || !ServerId.TryParse($"{host}:{port.TrimStart(':')}", out var id))
        {
            problem = $"'{port}' is no port: -p takes 9990 or :9990, from 1 to 65535. The machine's name goes with --host.";
            return false;
        }

        settings = new ServerSettings(id, servers, bind, Path.GetFullPath(data ?? DefaultDataOf(id)), min, max, isVerbose);
        return true;
    }

    private static string DefaultDataOf(ServerId id) =>
        Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".goraft", id.AgentId);

    // Who names one of the two has the other follow.
    private static (int Min, int Max) TimeoutsOf(int? min, int? max) => (min, max) switch
    {
        ({ } least, { } longest) => (least, longest),
        ({ } least, null) => (least, Math.Max(DefaultElectionTimeoutMax, (int)Math.Min(2L * least, LongestMilliseconds))),
        (null, { } longest) => (Math.Min(DefaultElectionTimeoutMin, longest), longest),
        _ => (DefaultElectionTimeoutMin, DefaultElectionTimeoutMax),
    };

    private static string? WhyNotTimeouts(int min, int max) =>
        min < LeastElectionTimeout || max > LongestMilliseconds
            ? $"The election timeout is {min} to {max} ms; it may be from {LeastElectionTimeout} to {LongestMilliseconds} (-t, -T)."
            : min > max ? $"The election timeout is {min} to {max} ms: -t must not be above -T." : null;

    private static string? WhyNotHost(string? host) => host switch
    {
        null or "" => null,
        "0.0.0.0" => "--host is the name under which other machines reach this one, and 0.0.0.0 is none. To listen on all addresses of "
            + "this machine, name it with --host and say --bind 0.0.0.0.",
        _ when host.Contains(':') || !ServerId.TryParse($"{host}:1", out _) =>
            $"'{host}' is no name or IPv4 address of a machine; --host takes one, without a port.",
        _ => null,
    };

    private static string? WhyNotBind(string? bind) =>
        bind is null || Uri.CheckHostName(bind) is UriHostNameType.Dns or UriHostNameType.IPv4
            ? null
            : $"'{bind}' is no address of a machine; --bind takes one, without a port: 0.0.0.0 for all of this machine.";

    private static string? WhyNotData(string? data) =>
        data is null || (!string.IsNullOrWhiteSpace(data) && !data.Contains('\0'))
            ? null
            : "--data names no directory; leave it out for the default one.";

    private static bool TryReadList(string? cluster, out ImmutableArray<ServerId> servers, [NotNullWhen(false)] out string? problem)
    {
        servers = [];
        problem = null;
        if (string.IsNullOrWhiteSpace(cluster))
        {
            problem = "-c is missing: the servers that found the group, the same list on each of them: -c ':9990,:9991,:9992'. A single "
                + "server is a list of one.";
            return false;
        }

        var found = ImmutableArray.CreateBuilder<ServerId>();
        foreach (var item in cluster.Split(','))
        {
            if (!ServerId.TryParse(item.Trim(), out var id))
            {
                problem = item.Trim().Length == 0
                    ? $"-c has an empty item: '{cluster}'. Write the servers with a comma between them: ':9990,:9991,:9992'."
                    : $"'{item.Trim()}' in -c is no server: write :PORT for this machine, or HOST:PORT, with a port from 1 to 65535.";
                return false;
            }

            if (found.Contains(id))
            {
                problem = $"-c names {id} twice; each server stands there once (localhost and 127.0.0.1 are this machine, as is no name).";
                return false;
            }

            found.Add(id);
        }

        servers = found.ToImmutable();
        return true;
    }
}
