using RaftActors.Cli.Security;

namespace RaftActors.Cli.Server;

/// <param name="Servers">The servers of <c>-c</c>, in its order.</param>
/// <param name="Bind">The local address to listen on. Default: the host of <paramref name="Id"/>.</param>
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
    public ConnectionSecurity Security { get; init; } = ConnectionSecurity.None;

    public const int DefaultElectionTimeoutMin = 150;
    public const int DefaultElectionTimeoutMax = 300;

    // Milliseconds, so that three heartbeats of one tick each fit.
    private const int LeastElectionTimeout = 30;
    private const int LongestMilliseconds = 600_000;

    public static TimeSpan LongestElectionTimeout { get; } = TimeSpan.FromMilliseconds(LongestMilliseconds);

    /// <summary>The rack or zone of the server. May be empty.</summary>
    public string FailureDomain { get; init; } = "";

    /// <summary>If true, accepts a data directory that other users can change.</summary>
    public bool AllowsSharedDirectory { get; init; }

    /// <summary>True for a server in its own list, which founds the group. Other servers wait until they are added.</summary>
    public bool IsFounder => Servers.Contains(Id);

    public ImmutableArray<ServerId> Others => Servers.Remove(Id);

    /// <summary>Checks and combines the values of the command line.</summary>
    /// <param name="cluster">The servers, separated by commas.</param>
    /// <param name="port"><c>9990</c> or <c>:9990</c>.</param>
    /// <param name="host">The name by which others reach the server. If empty, only programs on this machine do.</param>
    /// <exception cref="UsageException">A value is wrong.</exception>
    public static ServerSettings Of(
        string? cluster,
        string port = "9990",
        string? host = null,
        string? bind = null,
        string? data = null,
        int? electionTimeoutMin = null,
        int? electionTimeoutMax = null,
        bool isVerbose = false)
    {
        var (min, max) = TimeoutsOf(electionTimeoutMin, electionTimeoutMax);
        if ((TimeoutProblem(min, max) ?? HostProblem(host) ?? BindProblem(bind) ?? DataProblem(data)) is { } problem)
        {
            throw new UsageException(problem);
        }

        var servers = ServersOf(cluster);
        return port.LastIndexOf(':') <= 0 && ServerId.TryParse($"{host}:{port.TrimStart(':')}", out var id)
            ? new ServerSettings(id, servers, bind, Path.GetFullPath(data ?? DefaultDataOf(id)), min, max, isVerbose)
            : throw new UsageException(
                $"'{port}' is not a port. Write 9990 or :9990, from 1 to 65535. Give the machine's name with --host.");
    }

    private static string DefaultDataOf(ServerId id) =>
        Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".goraft", id.AgentId);

    // If only one of the two is given, the other one is adapted to it.
    private static (int Min, int Max) TimeoutsOf(int? min, int? max) => (min, max) switch
    {
        ({ } least, { } longest) => (least, longest),
        ({ } least, null) => (least, Math.Max(DefaultElectionTimeoutMax, (int)Math.Min(2L * least, LongestMilliseconds))),
        (null, { } longest) => (Math.Min(DefaultElectionTimeoutMin, longest), longest),
        _ => (DefaultElectionTimeoutMin, DefaultElectionTimeoutMax),
    };

    private static string? TimeoutProblem(int min, int max) =>
        min < LeastElectionTimeout || max > LongestMilliseconds
            ? $"The election timeout of {min} to {max} ms is outside {LeastElectionTimeout} to {LongestMilliseconds} ms. Change -t or -T."
            : min > max ? $"The election timeout of {min} to {max} ms is empty: -t must not be above -T." : null;

    private static string? HostProblem(string? host) => host switch
    {
        null or "" => null,
        "0.0.0.0" => "0.0.0.0 is not a --host: other machines cannot reach it. To listen on all addresses, give this machine's name with "
            + "--host and add --bind 0.0.0.0.",
        _ when host.Contains(':') || !ServerId.TryParse($"{host}:1", out _) =>
            $"'{host}' is not a host name or IPv4 address. Give --host one, without a port.",
        _ => null,
    };

    private static string? BindProblem(string? bind) =>
        bind is null || Uri.CheckHostName(bind) is UriHostNameType.Dns or UriHostNameType.IPv4
            ? null
            : $"'{bind}' is not a host name or IPv4 address. Give --bind one, without a port; 0.0.0.0 listens on all addresses.";

    private static string? DataProblem(string? data) =>
        data is null || (!string.IsNullOrWhiteSpace(data) && !data.Contains('\0'))
            ? null
            : "--data is not a directory name. Leave it out to use the default directory.";

    private static ImmutableArray<ServerId> ServersOf(string? cluster)
    {
        if (string.IsNullOrWhiteSpace(cluster))
        {
            throw new UsageException("-c is missing. List the servers that found the group, with the same list on each: -c "
                + "':9990,:9991,:9992'. For a single server list only itself.");
        }

        ImmutableArray<ServerId> servers =
        [
            .. cluster.Split(',', StringSplitOptions.TrimEntries).Select(item => ServerId.TryParse(item, out var id) ? id
                : throw new UsageException(item.Length == 0
                    ? $"-c has an empty item: '{cluster}'. Separate the servers by commas: ':9990,:9991,:9992'."
                    : $"'{item}' in -c is not a server address: write :PORT or HOST:PORT, with a port from 1 to 65535.")),
        ];
        return servers.GroupBy(id => id).FirstOrDefault(same => same.Count() > 1) is not { } twice
            ? servers
            : throw new UsageException($"-c names {twice.Key} twice. List each server once. "
                + "(:PORT, localhost:PORT and 127.0.0.1:PORT are the same server.)");
    }
}
