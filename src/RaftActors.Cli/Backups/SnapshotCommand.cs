using RaftActors.Cli.Client;

namespace RaftActors.Cli.Backups;

internal static class SnapshotCommand
{
    public static Command Build(CommandEnvironment environment)
    {
        var members = new Argument<string[]>("member")
        {
            Description = "The members: ':9990 :9991', or with --contacts names of processes. Default: all, and the leader last.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        return new GroupVerb(environment, "snapshot")
        {
            What = """
                Lets members take a snapshot now: before a backup, before a restart, or to shrink the log. The members take turns, so that
                at most one is busy with it. Each prints a line when its snapshot is on its disk: the last serial that the snapshot covers,
                and the time it took. A member that has committed nothing since its latest snapshot answers with that one.

                A failure of one member does not stop the others. --timeout is for each member; a large state needs more than the default.
                After it the member goes on, and another 'raft snapshot' waits for the same snapshot, or, if more was committed since, for
                the next one.
                """,
            Ends = new("each member has its snapshot", "a member has none: standard error says why, and a retry is safe"),
            Examples =
            [
                "snapshot -S :9990",
                "snapshot :9991 -S :9990 --timeout 10m",
                "snapshot --contacts 10.0.0.1:2551 --group orders",
            ],
            Own = [members],
            Run = (parsed, run) =>
            {
                ProcessName[] named = [.. parsed.GetValue(members)!.Select(run.Target.Parse).Distinct()]; // Justification: never null.

                // The answers open the routes to the members, too.
                return run.AskStatus(group => Take(run, group, named.Length > 0 ? named : MembersOf(group)));
            },
        }.Build();
    }

    /// <returns>The exit code.</returns>
    public static int Take(GroupRun run, GroupStatus group, ProcessName[] members) => members.Length == 0
        ? run.Refuse($"the group has no members yet, as far as the {run.Target.Nouns} that answered know; start all of its founders")
        : members.Max(member => run.Client.IsInterrupted ? ExitCode.Interrupted : Take(run, group, member)) is var worst
        && worst != ExitCode.Done && run.Client.IsInterrupted
            ? ExitCode.Interrupted
            : worst;

    private static ProcessName[] MembersOf(GroupStatus group) =>
        [.. group.Members.Select(member => member.Name).OrderBy(name => name == group.Leader)];

    private static int Take(GroupRun run, GroupStatus group, ProcessName member)
    {
        var (start, client, shown) = (Stopwatch.GetTimestamp(), run.Client, run.Target.Show(member));
        Serial covered = default;
        var why = WhyUnreached(run, group, member)
            ?? client.TryAsk(() => client.Raft.TakeSnapshotAsync(member, run.Settings.Timeout, client.End), out covered);
        var time = Stopwatch.GetElapsedTime(start);
        if (why is not null && client.IsInterrupted)
        {
            return ExitCode.Interrupted;
        }

        run.WriteOutcome(
            "snapshot",
            why is null ? $"{shown}: serial {covered}, {time.TotalSeconds:0.00} s" : null,
            (run.Target.Noun, shown),
            ("outcome", why is null ? "done" : "not-done"),
            ("serial", why is null ? covered.Value : null),
            ("ms", why is null ? (long)time.TotalMilliseconds : null),
            ("why", why));
        return why is null ? ExitCode.Done : run.Settings.IsJson ? ExitCode.Failed : run.Refuse($"{shown}: {why}");
    }

    // Without this, a call to a member out of reach would wait for its whole timeout.
    private static string? WhyUnreached(GroupRun run, GroupStatus group, ProcessName member)
    {
        if (group.Processes.Any(process => process.Name == member))
        {
            return null;
        }

        // The client knows the cause when its own attempt to connect has ended.
        Task.WhenAny(run.Client.Attempts, Task.Delay(run.Settings.LookTimeout, run.Client.End)).Wait(CancellationToken.None);
        return run.Client.WhyUnreached(run.Target.AddressOf(member, null))
            ?? (group.Silent.Contains(member) ? null : $"no {run.Target.Noun} that answered reaches it");
    }
}
