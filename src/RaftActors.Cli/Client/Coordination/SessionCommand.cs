using RaftActors.Coordination;

using Command = System.CommandLine.Command;

namespace RaftActors.Cli.Client.Coordination;

internal static class SessionCommand
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    public static Command Build(CommandEnvironment environment)
    {
        var id = new Argument<long>("id") { Description = "The number of the session, as 'raft session list' shows it." };
        var yes = SharedOptions.Yes();
        return new("session", "Shows the sessions of the programs that use the coordination group of an application, and ends them.")
        {
            CoordinationGroup.Verb(
                environment,
                "list",
                $"""
                Lists the sessions, at most {RaftOverview.RowsMax}, those whose renewal is late first. Each program has one, to which all of
                its locks belong. LEFT MS is the time until it expires without a renewal, in milliseconds.
                """,
                "session list",
                false,
                [],
                (_, group) => List(group)),
            CoordinationGroup.Verb(
                environment,
                "end",
                """
                Ends a session with all of its locks and items, and waits until it is gone. With raft.security only operators may.

                The session takes no renewal any more. Its program learns it within a second: RaftLock.Lost of each of its locks is
                cancelled, and its leases, singletons and shards stop. After 0.3 s the session is closed, and the next programs get
                the locks with higher fencing tokens. If the program does not answer, its session expires 3 s after the latest renewal,
                unless raft-coordination.session-timeout differs. With a longer one give a longer --timeout.

                A program that needs a lock again opens another session. Stop a program that must not.
                """,
                "session end 4711",
                true,
                [id, yes],
                (parsed, group) => group.Describe(
                    null, overview => End(group, parsed.GetValue(id), parsed.GetValue(yes), overview))),
        };
    }

    private static int List(CoordinationGroup group) => group.Describe(null, overview => group.WriteRows(
        "session",
        overview.Sessions,
        [
            new("SESSION", "session", each => each.Id),
            new("PROGRAM", "program", each => each.Owner),
            new("CLAIMS", "claims", each => each.Claims),
            new("TIMEOUT MS", "timeoutMs", each => (long)each.Timeout.TotalMilliseconds),
            new("LEFT MS", "leftMs", each => (long)each.Left.TotalMilliseconds),
        ],
        overview.SessionCount));

    private static int End(CoordinationGroup group, long id, bool isSure, RaftOverview overview)
    {
        // The group sends only the first sessions of a long list.
        var session = overview.Sessions.FirstOrDefault(each => each.Id == id);
        var isThere = session is not null || overview.SessionCount > overview.Sessions.Length;
        var what = session is null ? $"The session is {id}." : $"{id} is the session of {session.Owner}, with {session.Claims} claims.";
        if (isThere && group.Confirm(isSure, what, $"{id}") is { } refusal)
        {
            return refusal;
        }

        var begin = Stopwatch.GetTimestamp();
        var outcome = isThere ? End(group, id, begin) : new RequestOutcome.NotDone(Missing(id));
        return group.Report(
            outcome,
            "session-ended",
            $"session {id} is gone",
            "the session is gone",
            "raft session list",
            members:
            [
                ("session", id),
                ("program", session?.Owner),
                ("ms", outcome is RequestOutcome.Done ? (long)Stopwatch.GetElapsedTime(begin).TotalMilliseconds : null),
            ]);
    }

    // Only the answer to a further End tells that the session is gone. While the session is there, that End has no effect.
    private static RequestOutcome End(CoordinationGroup group, long id, long begin)
    {
        for (var isTold = false; ; isTold = true)
        {
            var outcome = group.Change(async (asked, end) =>
                await asked.EndSessionAsync(id, cancellationToken: end).ConfigureAwait(false) ? null : Missing(id));
            if (outcome is not RequestOutcome.Done)
            {
                return isTold && outcome is RequestOutcome.NotDone ? new RequestOutcome.Done() : outcome;
            }

            if (Stopwatch.GetElapsedTime(begin) >= group.Settings.Timeout || group.Client.End.WaitHandle.WaitOne(Pause))
            {
                return group.Client.Unknown("its program was told, and it is there still");
            }
        }
    }

    private static string Missing(long id) => $"there is no session {id}, as 'raft session list' shows";
}
