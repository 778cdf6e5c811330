using RaftActors.Coordination;

using Command = System.CommandLine.Command;

namespace RaftActors.Cli.Client.Coordination;

internal static class LockCommand
{
    public static Command Build(CommandEnvironment environment)
    {
        var (name, yes) = (new Argument<string>("name") { Description = "The name of the lock." }, SharedOptions.Yes());
        var token = new Option<long?>("--token")
        {
            Description = "The fencing token of the holder. Needed if there are several holders, as a semaphore has.",
            HelpName = "number",
        };
        var session = new Option<long?>("--session")
        {
            Description = "The session of the holder. Needed if several holders of a semaphore have one token.",
            HelpName = "number",
        };
        return new("lock", "Shows the locks of the coordination group of an application, and takes them away from their holders.")
        {
            CoordinationGroup.Verb(
                environment,
                "list",
                $"""
                Lists the locks that a program holds or waits for, at most {RaftOverview.RowsMax}, those with the most waiting claims first.
                The lease of a cluster singleton or of a shard is a lock, too. PROGRAM and TOKEN are those of the first holder.
                """,
                "lock list",
                false,
                [],
                (_, group) => List(group)),
            CoordinationGroup.Verb(
                environment,
                "show",
                """
                Shows who holds a lock and who waits for it: the program, its session, its fencing token, and what it says of itself.
                """,
                "lock show nightly-report",
                false,
                [name],
                (parsed, group) => Show(group, parsed.GetValue(name)!)),
            CoordinationGroup.Verb(
                environment,
                "break",
                """
                Takes a lock away from its holder, and waits until it is free or has another holder. With raft.security only operators may.

                The holder learns it with its next renewal, within a second: its RaftLock.Lost is cancelled, and its lease, singleton or
                shard stops. After 0.3 s its library releases the lock, or when the callbacks of Lost have returned, if that is
                later. The next program gets it with a higher fencing token. A holder that does not answer loses it when its session
                expires, 3 s after the latest renewal, unless raft-coordination.session-timeout differs. With a longer one give a longer
                --timeout.

                A holder that renews its session and does not stop keeps the lock: then end its session by 'raft session end'.
                """,
                "lock break nightly-report",
                true,
                [name, token, session, yes],
                (parsed, group) => Break(
                    group,
                    parsed.GetValue(name)!,
                    (parsed.GetValue(token), parsed.GetValue(session)),
                    parsed.GetValue(yes))),
        };
    }

    private static int List(CoordinationGroup group) => group.Describe(null, overview => group.WriteRows(
        "lock",
        overview.Locks,
        [
            new("LOCK", "lock", each => each.Name),
            new("PERMITS", "permits", each => each.Permits),
            new("HOLDERS", "holders", each => each.HolderCount),
            new("WAITING", "waiting", each => each.WaitingCount),
            new("PROGRAM", "program", each => each.Holders.FirstOrDefault()?.Owner),
            new("TOKEN", "token", each => each.Holders.FirstOrDefault()?.Token),
        ],
        overview.LockCount));

    private static int Show(CoordinationGroup group, string name) => group.Describe(name, overview => overview.Locks is not [var found]
        ? group.Refuse(Missing(name))
        : group.WriteRows(
            "claim",
            [.. found.Holders, .. found.Waiting],
            [
                new("PART", "part", each => each.Token > 0 ? "holder" : "waiting"),
                new("PROGRAM", "program", each => each.Owner),
                new("SESSION", "session", each => each.Session),
                new("TOKEN", "token", each => each.Token > 0 ? each.Token : null),
                new("TEXT", "text", each => each.Text),
            ],
            found.HolderCount + found.WaitingCount));

    private static int Break(CoordinationGroup group, string name, (long? Token, long? Session) named, bool isSure) => group.Describe(
        name, overview => Break(group, name, named, isSure, overview.Locks is [{ Holders: var holders }] ? holders : []));

    private static int Break(
        CoordinationGroup group, string name, (long? Token, long? Session) named, bool isSure, IReadOnlyList<RaftClaim> before)
    {
        var found = before.Where(each => (named.Token ?? each.Token, named.Session ?? each.Session) == Key(each)).ToList();
        var holder = found.FirstOrDefault();
        var whyNot = before.Count == 0 ? Missing(name)
            : found.DistinctBy(Key).Count() != 1
                ? $"name one of these holders by --token and --session: {string.Join(", ", before.Select(Text))}"
            : null;

        // Justification: without a holder, whyNot is set.
        if (whyNot is null && group.Confirm(isSure, $"'{name}' is held by {Text(holder!)}.", name) is { } refusal)
        {
            return refusal;
        }

        var (begin, now) = (Stopwatch.GetTimestamp(), before);
        var outcome = whyNot is null ? Break(group, name, holder!, begin, ref now) : new RequestOutcome.NotDone(whyNot);
        var next = now.FirstOrDefault(each => before.All(known => Key(known) != Key(each)));
        return group.Report(
            outcome,
            "lock-broken",
            $"'{name}' {(next is null ? now.Count == 0 ? "is free" : "has a free permit" : $"is now held by {Text(next)}")}",
            "the holder has released the lock",
            $"raft lock show {name}",
            members:
            [
                ("lock", name),
                ("program", holder?.Owner),
                ("session", holder?.Session),
                ("token", holder?.Token),
                ("nextProgram", next?.Owner),
                ("nextToken", next?.Token),
                ("ms", outcome is RequestOutcome.Done ? (long)Stopwatch.GetElapsedTime(begin).TotalMilliseconds : null),
            ]);
    }

    private static RequestOutcome Break(
        CoordinationGroup group, string name, RaftClaim holder, long begin, ref IReadOnlyList<RaftClaim> now)
    {
        var outcome = group.Change(async (asked, end) => await asked.BreakAsync(name, holder, cancellationToken: end).ConfigureAwait(false)
            ? null
            : $"the token {holder.Token} does not hold it any more");
        if (outcome is not RequestOutcome.Done)
        {
            return outcome;
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(group.Client.End);
        limit.CancelAfter(TimeSpan.FromMilliseconds(
            Math.Max(0, (group.Settings.Timeout - Stopwatch.GetElapsedTime(begin)).TotalMilliseconds)));
        var observed = now;
        outcome = group.Change(async (asked, _) =>
        {
            await foreach (var holders in asked.ObserveAsync(name, cancellationToken: limit.Token).ConfigureAwait(false))
            {
                observed = holders;
                if (holders.All(each => Key(each) != Key(holder)))
                {
                    break;
                }
            }

            return null;
        });
        now = observed;
        return outcome is RequestOutcome.Done ? outcome : group.Client.Unknown("it was told, and holds the lock still");
    }

    private static (long Token, long Session) Key(RaftClaim each) => (each.Token, each.Session);

    private static string Missing(string name) => $"no program holds '{name}', as 'raft lock list' shows";

    private static string Text(RaftClaim each) =>
        $"{each.Owner} with token {each.Token}, session {each.Session}{(each.Text is { } text ? $" ({text})" : "")}";
}
