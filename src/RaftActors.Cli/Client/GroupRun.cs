namespace RaftActors.Cli.Client;

internal class GroupRun(CommandEnvironment environment, RunSettings settings, GroupClient client)
    : VerbOutput(environment, settings.IsJson)
{
    public RunSettings Settings => settings;

    public GroupClient Client => client;

    public Target Target => settings.Target;

    /// <summary>Asks the group, and reports why there is no answer. The question must change nothing.</summary>
    /// <param name="then">Shows the answer, and returns the exit code.</param>
    public int Ask<T>(Func<Task<T>> ask, Func<T, int> then) => client.TryAsk(ask, out var answer) is not { } why ? then(answer)
        : client.IsInterrupted ? ExitCode.Interrupted
        : Refuse(why);

    public int AskStatus(Func<GroupStatus, int> then) => Ask(() => client.StatusAsync(client.End), then);

    /// <param name="kind">The value of <c>kind</c> in JSON.</param>
    /// <param name="done">The text if it is done, such as "added :9993".</param>
    /// <param name="what">The clause after "unknown whether", such as ":9993 was added".</param>
    /// <param name="look">The command that finds out an unknown outcome.</param>
    /// <param name="group">Named only by a command that changes several groups.</param>
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
        if (IsJson || result.Why is not { } why)
        {
            WriteOutcome(
                kind,
                $"{place}{Printable.Of(done)}",
                [
                    ("group", group),
                    (Target.Noun, member is { } named ? Target.Show(named) : null),
                    .. members,
                    ("outcome", result.Code switch { ExitCode.Done => "done", ExitCode.Failed => "not-done", _ => "unknown" }),
                    ("before", result is RequestOutcome.Done { WasBefore: true } ? true : null),
                    ("why", result.Why),
                ]);
        }
        else
        {
            Environment.Error.WriteLine(result.Code == ExitCode.Failed
                ? $"raft: {place}not done: {Clause.Of(why)}; nothing was changed"
                : $"raft: {place}unknown whether {what}: {Clause.Of(why)}; run {next} to find out");
        }

        return result.Code != ExitCode.Done && client.IsInterrupted ? ExitCode.Interrupted : result.Code;
    }
}
