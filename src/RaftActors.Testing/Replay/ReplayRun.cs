using System.Diagnostics;

using Akka.Actor;

using RaftActors.Core;
using RaftActors.Testing.Simulation;
using RaftActors.Wire;

namespace RaftActors.Testing.Replay;

/// <summary>
/// Applies a log to one actor or two. When the two differ behind many pairs, it applies the log again and compares more often, until the
/// first serial is known.
/// </summary>
internal sealed class ReplayRun(
    ReplaySource source, Func<ActorBase>[] creates, RaftReplayOptions options, CancellationToken cancellationToken)
{
    // A walk compares at that many places at most, so that a large state is seldom taken. Two further walks find one pair in 4,096.
    private const int PlacesMax = 64;

    private RaftReplayReport _report = new(source.Owner.Group, source.Start, source.End);

    public async Task<RaftReplayReport> RunAsync()
    {
        var found = await WalkAsync(source.Start, source.End, step: null).ConfigureAwait(false);
        if (found is not var (good, difference))
        {
            return _report;
        }

        while (difference.Serial.Value - good.Value > 1)
        {
            var step = (difference.Serial.Value - good.Value + PlacesMax - 1) / PlacesMax;
            if (await WalkAsync(good, difference.Serial, step).ConfigureAwait(false) is not var (nearer, first))
            {
                difference = difference with { IsRepeatable = false };
                break;
            }

            (good, difference) = (nearer, first);
        }

        return _report with { Difference = difference, Last = difference.Serial };
    }

    /// <summary>Applies the log up to a serial, and compares after each step behind the first serial.</summary>
    /// <param name="step">Pairs. Null: compares as seldom as the source and the time for the states demand, and makes the report.</param>
    /// <returns>The first difference, and the last serial before it at which all was equal.</returns>
    private async Task<(Serial Good, RaftReplayDifference Found)?> WalkAsync(Serial from, Serial to, long? step)
    {
        List<ReplayedActor> actors = [];
        try
        {
            for (var number = 0; number < creates.Length; number++)
            {
                var role = creates.Length == 1 ? "actor" : number == 0 ? "old build" : "new build";
                var setUp = number == 0 ? options.SetUp : options.SetUpNew ?? options.SetUp;
                actors.Add(new ReplayedActor(role, creates[number], setUp, options.Config, source));
            }

            if (source.Snapshot is not null)
            {
                var states = await AllAsync(actor => actor.RestoreAsync(source, cancellationToken)).ConfigureAwait(false);
                if (ComparesSnapshots(actors) && DifferenceOf(states) is { } restored)
                {
                    return (source.Start, restored with { Serial = source.Start });
                }

                _report = _report with { State = StateOf(states) };
            }

            return await ApplyAsync(actors, from, to, step).ConfigureAwait(false);
        }
        finally
        {
            actors.ForEach(actor => actor.Dispose());
        }

        Task<T[]> AllAsync<T>(Func<ReplayedActor, Task<T>> call) => Task.WhenAll(actors.Select(call));
    }

    private async Task<(Serial Good, RaftReplayDifference Found)?> ApplyAsync(
        List<ReplayedActor> actors, Serial from, Serial to, long? step)
    {
        var (good, results, applying, taking) = (from, 0UL, new Stopwatch(), new Stopwatch());
        foreach (var block in source.Blocks(from, step).Where(block => !block.IsEmpty))
        {
            cancellationToken.ThrowIfCancellationRequested();
            applying.Start();
            await Task.WhenAll(actors.Select(actor => actor.ApplyAsync(block, cancellationToken))).ConfigureAwait(false);
            applying.Stop();
            var last = block[^1].Serial;
            options.Progress?.Report((last.Value - source.Start.Value, source.End.Value - source.Start.Value));
            if (last <= from || last < block[0].First)
            {
                continue;
            }

            if (FindDifference(actors, block) is { } found)
            {
                return (good, found);
            }

            results = actors[0].Digests.Where(digest => digest.IsComplete || digest.To == source.End)
                .Aggregate(results, (hash, digest) => StateHash.Mix(hash, digest.Results));

            // Large states would otherwise take most of the time.
            var comparesStates = ComparesSnapshots(actors);
            if (!comparesStates && last < source.End)
            {
                good = last;
            }
            else if (last >= to || step is not null || (actors.Count > 1 && taking.Elapsed <= applying.Elapsed))
            {
                taking.Start();
                var states = comparesStates
                    ? await Task.WhenAll(actors.Select(actor => actor.TakeStateAsync(cancellationToken))).ConfigureAwait(false)
                    : [];
                taking.Stop();
                if (DifferenceOf(states) is { } other)
                {
                    return (good, At(other, actors, block));
                }

                good = last;
                var state = actors[0].HasDigest ? actors[0].Digests[^1].State : StateOf(states);
                _report = _report with { Results = results, State = state };
            }

            if (last >= to)
            {
                break;
            }
        }

        return null;
    }

    private static ulong? StateOf(byte[]?[] states) => states is [{ } state, ..] ? StateHash.Extend(0, state) : null;

    // One actor alone shows its state at the end.
    private static bool ComparesSnapshots(List<ReplayedActor> actors) =>
        !actors.TrueForAll(actor => actor.HasDigest) && actors.TrueForAll(actor => actor.HasSnapshot);

    private RaftReplayDifference? FindDifference(List<ReplayedActor> actors, LogSlice block)
    {
        var (one, other) = (actors[0], actors[^1]);
        if (one.Failures.Count + other.Failures.Count > 0)
        {
            return Found("exceptions");
        }

        var comparesStates = one.HasDigest == other.HasDigest;
        foreach (var (digest, theirs) in one.Digests.Zip(other.Digests))
        {
            if (digest.Results != theirs.Results || (comparesStates && digest.State != theirs.State))
            {
                return Found(digest.Results != theirs.Results ? "results" : "states");
            }
        }

        return null;

        RaftReplayDifference Found(string what)
        {
            var serial = block[^1].Serial;
            var texts = what == "states"
                ? actors.ConvertAll(actor => $"digest {actor.Digests[^1].State:x16}, result {actor.Describe(serial, withBytes: false)}")
                : actors.ConvertAll(actor => actor.Describe(serial, withBytes: false));
            texts = texts is [var first, var second] && first == second
                ? actors.ConvertAll(actor => actor.Describe(serial, withBytes: true))
                : texts;
            return At(new() { What = what, Old = texts[0], New = texts.Count > 1 ? texts[1] : null }, actors, block);
        }
    }

    private static RaftReplayDifference? DifferenceOf(byte[]?[] states)
    {
        // Bytes that are no JSON are compared in their order, because both actors had the same pairs in one process.
        if (states is not [{ } one, { } other]
            || one.AsSpan().SequenceEqual(other)
            || (StateText.JsonOf(one) is not null && StateText.AreEqual(one, other)))
        {
            return null;
        }

        var (text, otherText) = StateText.Difference(one, other);
        return new() { What = "states", Old = text, New = otherText };
    }

    private static RaftReplayDifference At(RaftReplayDifference difference, List<ReplayedActor> actors, LogSlice block)
    {
        var pair = block.Last(entry => entry.IsPair);
        return difference with
        {
            Serial = pair.Serial,
            Key = pair.Key,
            Value = actors[0].TextOf(pair.Value),
            Time = pair.Time.ToDateTimeOffset(),
            LogicVersion = actors[0].VersionOf(pair.Serial),
        };
    }
}
