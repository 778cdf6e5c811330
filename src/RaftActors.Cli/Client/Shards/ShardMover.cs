using System.Collections.Concurrent;

using RaftActors.Cli.Client.Top;

namespace RaftActors.Cli.Client.Shards;

/// <summary>
/// Moves the shards of an application to the nodes of <c>raft.shard-nodes</c>, for <c>raft shards move</c>. It keeps nothing: each step
/// follows from what the processes of a shard say, so the command can be ended and repeated at any time.
/// </summary>
/// <param name="only">The one group to move. Null: all.</param>
internal sealed class ShardMover(GroupRun run, string? only)
{
    // Two heartbeats by default. By then a leader knows that a member has caught up, and gives it the vote of one that leaves.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    // A node that runs answers at once.
    private static readonly TimeSpan NodeTimeout = TimeSpan.FromSeconds(2);

    private readonly Lock _output = new();

    /// <summary>Shows what <see cref="Move"/> would do.</summary>
    public int Plan() => Ask((moves, all) =>
    {
        run.WriteRows(
            "shard",
            moves,
            [
                new("SHARD", "group", move => move.Group),
                new("JOINS", "joins", move => NodesOf(move.Joins)),
                new("LEAVES", "leaves", move => NodesOf(move.Leaves)),
                new("", "why", move => move.Obstacle),
            ]);
        var (joins, leaves) = (moves.Sum(move => move.Joins.Length), moves.Sum(move => move.Leaves.Length));
        run.Environment.Output.Write(run.IsJson
            ? ""
            : $"{moves.Length} of {all} shards move, by {joins} joins and {leaves} leaves. Nothing was changed.{Environment.NewLine}");
        return moves.Max(move => move.Obstacle is { } why ? Fail(move.Group, why) : ExitCode.Done);
    });

    /// <param name="atOnce">The most shards that move at a time.</param>
    public int Move(int atOnce) => Ask((moves, _) =>
    {
        ConcurrentBag<int> codes = [];
        Parallel.ForEach(
            Partitioner.Create(moves, EnumerablePartitionerOptions.NoBuffering),
            new ParallelOptions { MaxDegreeOfParallelism = atOnce },
            (move, others) =>
            {
                if (move.Obstacle is { } obstacle)
                {
                    codes.Add(Fail(move.Group, obstacle));
                }
                else if (Move(move.Group) is var code and not ExitCode.Done)
                {
                    codes.Add(code);
                    others.Stop();
                }
            });
        return codes.DefaultIfEmpty(ExitCode.Done).Max();
    });

    private int Move(string group)
    {
        using var client = run.Client.Of(group);
        var (start, before, hold) = (Stopwatch.GetTimestamp(), (GroupStatus?)null, "");
        while (run.Settings.Timeout - Stopwatch.GetElapsedTime(start) is var left && left > TimeSpan.Zero && !client.IsInterrupted)
        {
            var silent = client.TryAsk(() => client.StatusAsync(client.End), out var now);
            if (silent is null && ShardMove.Of(before, now) is { } move)
            {
                if (move.Next is null)
                {
                    return Tell("shard-moved", group, "moved");
                }

                var (why, isFinal) = Take(move.Next, client, now, left);
                if (isFinal)
                {
                    return Fail(group, why);
                }

                hold = why;
            }
            else
            {
                hold = silent ?? hold;
            }

            before = silent is null ? now : null;
            client.End.WaitHandle.WaitOne(Pause);
        }

        Fail(group, $"{(client.IsInterrupted ? RequestOutcome.Interrupted : $"the time is up: {hold}")}; run this command again to go on");
        return client.IsInterrupted ? ExitCode.Interrupted : ExitCode.Failed;
    }

    // Makes one step. A step that was not done, or perhaps done, shows in the next look.
    private (string Hold, bool IsFinal) Take(ShardStep step, GroupClient client, GroupStatus now, TimeSpan left)
    {
        if (step is ShardStep.Wait wait)
        {
            return (wait.Why, false);
        }

        // The change is refused if the members are other ones than the step follows from.
        var (basedOn, timeout) = (now.Latest?.MembersIndex, left < RunSettings.DefaultTimeout ? left : RunSettings.DefaultTimeout);
        var (name, outcome) = step switch
        {
            ShardStep.Join(var next) => (
                next, client.Change((raft, end) => raft.JoinAsync(next, basedOn, timeout, cancellationToken: end))),
            ShardStep.Leave(var next) => (
                next, client.Change((raft, end) => raft.LeaveAsync(next, basedOn, timeout, cancellationToken: end))),
            _ => throw new UnreachableException(),
        };
        if (outcome is RequestOutcome.Done)
        {
            var (kind, done) = step is ShardStep.Join ? ("member-added", "added") : ("member-removed", "removed");
            Tell(kind, now.Group, $"{done} {name}", name);
        }

        return (
            outcome.Why is { } why ? Clause.Of(why) : "its last change was only just made",
            outcome is RequestOutcome.NotDone { IsFinal: true });
    }

    // Asks each group of the application. Goes on with the shards that have something to move, and the number of all.
    private int Ask(Func<ImmutableArray<ShardMove>, int, int> then) => run.Ask(
        () => ApplicationSample.TakeAsync(run.Client.Connection, NodeTimeout, run.Client.End),
        sample =>
        {
            var groups = sample.Groups.Select(row => row.Group).Where(group => only is null || group == only)
                .OrderBy(group => group.Length).ThenBy(group => group, StringComparer.Ordinal);
            List<ShardMove> moves = [];
            List<int> codes = [ExitCode.Done];
            foreach (var group in groups.TakeWhile(_ => !run.Client.IsInterrupted))
            {
                using var client = run.Client.Of(group);
                if (client.TryAsk(() => client.StatusAsync(client.End), out var status) is { } silent)
                {
                    codes.Add(Fail(group, silent));
                }
                else if (ShardMove.Of(null, status) is { } move)
                {
                    moves.Add(move);
                }
            }

            ImmutableArray<ShardMove> due = [.. moves.Where(move => move.IsDue)];
            return run.Client.IsInterrupted ? ExitCode.Interrupted
                : moves.Count == 0 ? run.Refuse("no shard has raft.shard-nodes: set it on all nodes to those that are to have the shards")
                : Math.Max(
                    codes.Max(),
                    due.IsEmpty
                        ? run.WriteOutcome("shards-moved", "all shards are where they belong", ("outcome", "done"))
                        : then(due, moves.Count));
        });

    private static string NodesOf(ImmutableArray<ProcessName> names) => string.Join(", ", names.Select(name => name.Node));

    private int Tell(string kind, string group, string done, ProcessName? name = null)
    {
        lock (_output)
        {
            return run.WriteOutcome(
                kind, $"{group}: {Printable.Of(done)}", ("group", group), (run.Target.Noun, name?.Value), ("outcome", "done"));
        }
    }

    private int Fail(string group, string why)
    {
        lock (_output)
        {
            return run.Refuse($"{group}: {why}");
        }
    }
}
