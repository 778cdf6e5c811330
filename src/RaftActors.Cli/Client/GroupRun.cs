using RaftActors.Cli.Terminal;

namespace RaftActors.Cli.Client;

/// <summary>A running verb with a client of its group.</summary>
internal class GroupRun(CommandEnvironment environment, ClientSettings settings, GroupClient client)
    : VerbOutput(environment, settings.IsJson)
{
    public ClientSettings Settings => settings;

    public GroupClient Client => client;

    public Target Target => settings.Target;

    /// <summary>Asks for something that changes nothing, and reports that there is no answer.</summary>
    /// <param name="then">Shows the answer, and returns the exit code.</param>
    public int Ask<T>(Func<Task<T>> ask, Func<T, int> then) => client.TryAsk(ask, out var answer) is not { } why ? then(answer)
        : client.IsInterrupted ? ExitCode.Interrupted
        : Refuse(why);

    /// <summary>Asks all processes of the group for their state.</summary>
    /// <inheritdoc cref="Ask"/>
    public int AskStatus(Func<GroupStatus, int> then) => Ask(() => client.StatusAsync(client.End), then);

    /// <summary>Reports the outcome of a change.</summary>
    /// <param name="kind">The value of <c>kind</c> in JSON.</param>
    /// <param name="done">The text when it is done: "added :9993".</param>
    /// <param name="what">The clause after "unknown whether": ":9993 was added".</param>
    /// <param name="look">The command that shows it.</param>
    /// <param name="group">The group, where a command changes several; null: there is one.</param>
    /// <param name="members">Further members of the object.</param>
    public int Report(
        RequestOutcome result,
        string kind,
        string done,
        string what,
        string look = "raft status",
        ProcessName? member = null,
        string? group = null,
        params (string Name, object? Value)[] members)
    {
        var (place, next) = group is null ? ("", $"'{look}'") : ($"{group}: ", "this command again");
        var (outcome, why, code) = result switch
        {
            RequestOutcome.NotDone notDone => ("not-done", notDone.Why, ExitCode.Failed),
            RequestOutcome.Unknown unknown => ("unknown", unknown.Why, ExitCode.Unknown),
            _ => ("done", null, ExitCode.Done),
        };
        if (IsJson || why is null)
        {
            WriteOutcome(
                kind,
                $"{place}{Printable.Of(done)}",
                [
                    ("group", group),
                    (Target.Noun, member is { } named ? Target.Show(named) : null),
                    .. members,
                    ("outcome", outcome),
                    ("before", result is RequestOutcome.Done { WasBefore: true } ? true : null),
                    ("why", why),
                ]);
        }
        else
        {
            Environment.Error.WriteLine(code == ExitCode.Failed
                ? $"raft: {place}not done: {Clause.Of(why)}; nothing was changed"
                : $"raft: {place}unknown whether {what}: {Clause.Of(why)}; run {next} to find out");
        }

        return code != ExitCode.Done && client.IsInterrupted ? ExitCode.Interrupted : code;
    }
}
