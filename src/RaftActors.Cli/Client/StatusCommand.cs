namespace RaftActors.Cli.Client;

internal static class StatusCommand
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    public static Command Build(CommandEnvironment environment)
    {
        var watch = new Option<bool>("--watch")
        {
            Description = "Repeat until Ctrl-C, or q on a terminal: a live table there, elsewhere a new table after each change.",
        };
        return new GroupVerb(environment, "status")
        {
            What = """
                Shows the state of each member of the group. The servers of --server, or the nodes of --contacts, name the members, and then
                each member is asked:

                  SERVER   its name; with --contacts PROCESS
                  ROLE     leader, follower, candidate or pre-candidate; unreachable: no answer within a fifth of --timeout
                  VOTES    whether it counts for majorities
                  TERM     the highest term that it knows
                  SERIAL   the last message or pair that it has processed
                  COMMIT   the last one that it knows to be committed
                  LAG      the number of them that it is behind the highest COMMIT
                  ADDRESS  its address
                  SINCE    the start of its role, in local time
                  NOTE     its first problem, and the number of others; raft check tells all problems with their remedies
                """,
            Ends = new(
                "the group and each of its members can serve",
                "one of them cannot, or nothing answered",
                Interrupted: "Ctrl-C, also with --watch"),
            Examples =
            [
                "status -S :9990,:9991,:9992",
                "status --watch",
                "status --contacts 10.0.0.1:2551 --group orders",
            ],
            Own = [watch],
            Looks = _ => true,
            Run = (parsed, run) => parsed.GetValue(watch)
                ? new LiveTable(run, async _ => await TakeAsync(run, run.Client.Interrupted), Period, hasRepeats: false).Run()
                : run.Ask(() => TakeAsync(run, run.Client.End), status =>
                {
                    LiveTable.Write(run, status);
                    return status.Group.IsWhole ? ExitCode.Done : ExitCode.Failed;
                }),
        }.Build();
    }

    private static async Task<StatusTable> TakeAsync(GroupRun run, CancellationToken end)
    {
        var (client, group) = (run.Client, await run.Client.StatusAsync(end).ConfigureAwait(false));

        // Other members report a silent server. The client knows why it does not reach that server when its own attempt has ended.
        await Task.WhenAny(client.Attempts, Task.Delay(run.Settings.LookTimeout, end)).ConfigureAwait(false);
        end.ThrowIfCancellationRequested();
        return new StatusTable(GroupReport.Of(group, client));
    }
}
