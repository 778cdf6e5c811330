using System.Globalization;

using RaftActors.Cli.Security;

namespace RaftActors.Cli.Client;

/// <summary>The options that all commands to a running group share.</summary>
/// <param name="isOfServers">If true, the command needs servers of this program, and refuses the nodes of an application.</param>
/// <param name="group">The default of --group, for a command about one group of an application.</param>
internal sealed class ClientOptions(
    CommandEnvironment environment, bool isOfServers = false, string? group = null, TimeSpan? timeout = null)
{
    public const string ServersVariable = "RAFT_SERVERS";

    public const string TimeoutVariable = "RAFT_TIMEOUT";

    private static readonly TimeSpan TimeoutMax = TimeSpan.FromDays(1);

    public Option<string[]> Servers { get; } = new("--server", "-S")
    {
        Description = "The servers to ask, separated by commas: ':9990,:9991'. They name the "
            + "other members, and the command asks the leader if it must. Any of them may be the leader. Default: the "
            + $"environment variable {ServersVariable}, or {RunSettings.DefaultServer}.",
        HelpName = "list",
    };

    public Option<string?> Contacts { get; } = new("--contacts")
    {
        Description = $"{(group is null ? "In place of --server: nodes" : "Nodes")} of an application, as 'HOST:PORT', separated by commas."
            + " They name the members of --group, which are shown by their process names.",
        HelpName = "list",
        Hidden = isOfServers,
    };

    public Option<string?> Group { get; } = new("--group")
    {
        Description = $"The group of the application. Default: {group ?? "the only group of its nodes"}.",
        HelpName = "name",
        Hidden = isOfServers,
    };

    // A text, as the timeout is, because generic code over structs is compiled at each start.
    public Option<string?> PortOffset { get; } = new("--port-offset")
    {
        Description = "The raft.transport-tcp.port-offset of the nodes of --contacts. Default: 1000.",
        HelpName = "number",
        Hidden = isOfServers,
    };

    public Option<string?> Timeout { get; } = new("--timeout")
    {
        Description = $"The total time to try: {Duration.Forms}. A number without a unit means seconds. Default: the environment "
            + $"variable {TimeoutVariable}, or {(timeout ?? RunSettings.DefaultTimeout).TotalSeconds}s.",
        HelpName = "time",
    };

    public SecurityOptions Security { get; } = new(environment);

    public Option<bool> Json { get; } = SharedOptions.Json();

    public IEnumerable<Option> All =>
        [.. group is null ? [Servers] : (Option[])[], Contacts, Group, PortOffset, Timeout, Json, .. Security.All];

    /// <exception cref="UsageException">A value is wrong.</exception>
    public RunSettings Read(ParseResult parsed) =>
        new(TargetOf(parsed), TimeoutOf(parsed), parsed.GetValue(Json), Security.Read(parsed), environment.Connect);

    private Target TargetOf(ParseResult parsed)
    {
        if (parsed.GetValue(Contacts) is not { } contacts)
        {
            return group is not null ? throw new UsageException("--contacts is missing: name nodes of the application")
                : parsed.GetValue(Group) is not null || parsed.GetValue(PortOffset) is not null
                ? throw new UsageException("--contacts is missing: name nodes of the application that --group or --port-offset is about")
                : ServersOf(parsed);
        }

        if (isOfServers)
        {
            throw new UsageException(
                $"{parsed.CommandResult.Command.Name} is about the messages of raft servers, and --contacts names an application, whose "
                + "values only its own program knows: leave out --contacts, or use the RaftClient of the application");
        }

        return parsed.GetValue(Servers) is { Length: > 0 }
            ? throw new UsageException("-S and --contacts are both given: give -S for raft servers, or --contacts for an application")
            : ApplicationTarget.Of(contacts, parsed.GetValue(Group) ?? group, PortOffsetOf(parsed));
    }

    private int? PortOffsetOf(ParseResult parsed) =>
        parsed.GetValue(PortOffset) is not { } text ? null
        : int.TryParse(text, NumberStyles.None, null, out var offset) ? offset
        : throw new UsageException($"'{text}' of --port-offset is no number: write one such as 1000");

    private TimeSpan TimeoutOf(ParseResult parsed) =>
        parsed.GetValue(Timeout) is { } given ? ParseTimeout(given, "")
        : environment.Variable(TimeoutVariable)?.Trim() is { Length: > 0 } variable ? ParseTimeout(variable, $" in {TimeoutVariable}")
        : timeout ?? RunSettings.DefaultTimeout;

    private static TimeSpan ParseTimeout(string text, string place) =>
        Duration.Parse(text, place, TimeSpan.FromSeconds(1), TimeoutMax);

    private ServersTarget ServersOf(ParseResult parsed) =>
        parsed.GetValue(Servers) is { Length: > 0 } given ? ServersOf(string.Join(',', given), "")
        : environment.Variable(ServersVariable) is { } variable && !string.IsNullOrWhiteSpace(variable)
        ? ServersOf(variable, $" in {ServersVariable}")
        : new(RunSettings.DefaultServers);

    private static ServersTarget ServersOf(string list, string place) => new(
    [
        .. list.Split(',', StringSplitOptions.TrimEntries).Select(text => ServerId.TryParse(text, out var id) ? id
            : throw new UsageException(
                $"'{text}'{place} is not a server address: write ':9990', '9990' or 'host:9990', separated by commas")).Distinct(),
    ]);
}
