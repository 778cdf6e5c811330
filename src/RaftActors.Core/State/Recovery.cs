using System.Collections.Immutable;

namespace RaftActors.Core;

/// <summary>Turns what the store returned into the state of a start, and refuses a store that contradicts itself.</summary>
internal static class Recovery
{
    /// <summary>The log, which may begin after a compacted part.</summary>
    /// <exception cref="ArgumentException">Log and snapshot contradict each other.</exception>
    public static RaftLog LogOf(InitialState initial)
    {
        var (start, snapshot) = (initial.Base, initial.Snapshot);
        Demand(
            start.Index == LogIndex.Zero || snapshot is not null,
            $"the log begins after {start}, and no snapshot covers the entries before");
        var log = new RaftLog(start, initial.Log);
        if (snapshot is null)
        {
            return log;
        }

        var position = snapshot.Position;
        Demand(position.Index >= start.Index, $"the log begins after {start}, and the latest snapshot covers only {position}");
        Demand(
            snapshot.ConfigurationIndex <= position.Index,
            $"the snapshot covers {position}, and its configuration is of {snapshot.ConfigurationIndex}");
        if (log.Last < position.Index)
        {
            // The application was given entries that this disk was still writing, and its snapshot became durable first. It covers them.
            return new RaftLog(position, []);
        }

        Demand(log.Holds(position), $"the snapshot covers {position}, where the log has {log.PositionAt(position.Index)}");
        return log;
    }

    /// <summary>
    /// The hard state. A snapshot that became durable before the entries that it covers also did so before their term. This process has
    /// sent nothing in that term, since messages wait for the write. So no vote is forgotten.
    /// </summary>
    public static HardState HardStateOf(InitialState initial)
    {
        var (stored, log) = (initial.HardState, initial.Log);
        return initial.Snapshot is { Position: var position }
            && position.Term > stored.Term
            && position.Index.Value > initial.Base.Index.Value + log.Length
                ? stored with { Term = position.Term, VotedFor = null }
                : stored;
    }

    /// <summary>Restores configurations and commit index, and marks this start in the hard state.</summary>
    /// <exception cref="ArgumentException">Parts of the stored state contradict each other.</exception>
    /// <exception cref="RosterMismatchException">Before its group was founded, the process had another roster.</exception>
    public static void Start(RaftState state, InitialState initial, Commitment commitment)
    {
        var last = state.Log.LastPosition;
        Demand(state.Term >= last.Term, $"the log has reached term {last.Term}, but the stored term is {state.Term}");
        state.Snapshots.Discarded = (initial.Base, LogIndex.Zero);
        state.Snapshots.Latest = initial.Snapshot;
        var start = LogIndex.Zero;
        if (initial.Snapshot is { } snapshot)
        {
            var (stored, own) = (state.HardState.Group, snapshot.Configuration.Group);
            Demand(stored == GroupUid.None || stored == own, $"the snapshot is of group {own}, and the process belongs to {stored}");
            start = snapshot.Position.Index;
            state.Configurations.StartFrom(snapshot, keepsLog: false);
        }

        foreach (var entry in state.Log.From(start.Next))
        {
            state.Configurations.Append(entry);
        }

        commitment.Set(start);
        state.Delivered = start;
        state.Durability.SetHardState(WithThisStart(state));

        // A promise made before this start is forgotten, so it counts as made now. In term 0 no leader was ever heard.
        state.Contact.StickyUntil =
            state.Options.Lease is not null && state.Term > Term.Zero ? state.Options.ElectionTimeoutMinTicks : 0;
    }

    /// <summary>The mark of a start. It has a seed of its own, so that the other random choices do not depend on it.</summary>
    public static ulong MarkOf(ulong seed) => new Prng(~seed).Next();

    /// <summary>
    /// The hard state of a start: one boot more, and before the founding the roster. The roster is durable before any vote, so no restart
    /// can vote under another one.
    /// </summary>
    private static HardState WithThisStart(RaftState state)
    {
        var isUnfounded = !state.Options.IsJoining && state.HardState.Group == GroupUid.None;
        if (isUnfounded && !state.Founders.ToHashSet().SetEquals(state.Options.Roster))
        {
            throw new RosterMismatchException(state.Founders, state.Options.Roster);
        }

        return state.HardState with
        {
            Boot = new Boot(state.HardState.Boot.Number + 1, MarkOf(state.Options.Seed)),
            Roster = isUnfounded ? [.. state.Founders.Order()] : state.HardState.Roster,
        };
    }

    private static void Demand(bool holds, string damage)
    {
        if (!holds)
        {
            throw new ArgumentException($"The store is damaged: {damage}.", "initial");
        }
    }
}
