namespace RaftActors.Core;

/// <summary>Turns what the store returned into the state of a start, and refuses a store that contradicts itself.</summary>
internal static class Recovery
{
    /// <summary>Returns the log, which may begin after a compacted part.</summary>
    /// <exception cref="ArgumentException">Log and snapshot contradict each other.</exception>
    public static RaftLog LogOf(InitialState initial)
    {
        var (start, snapshot) = (initial.Base, initial.Snapshot);
        Demand(
            start.Index == LogIndex.Zero || snapshot is not null,
            $"the log begins after {start}, and no snapshot covers the entries before");
        var log = new RaftLog(start, initial.Earlier is null ? initial.Log : default);
        if (snapshot is null)
        {
            return log;
        }

        var position = snapshot.Position;
        Demand(position.Index >= start.Index, $"the log begins after {start}, and the latest snapshot covers only {position}");
        Demand(
            snapshot.ConfigurationIndex <= position.Index,
            $"the snapshot covers {position}, and its configuration is of {snapshot.ConfigurationIndex}");
        if (initial.Last < position.Index)
        {
            // The application was given entries that this disk was still writing. Its snapshot covers them, and became durable first.
            return new RaftLog(position, []);
        }

        if (initial.Earlier is null)
        {
            DemandAgreement(log, position);
        }

        return log;
    }

    /// <summary>
    /// Returns the hard state. A snapshot may become durable before the term of the entries that it covers. This process has sent nothing
    /// in that term, because messages wait for the write, so no vote is forgotten.
    /// </summary>
    public static HardState HardStateOf(InitialState initial)
    {
        var stored = initial.HardState;
        return initial.Snapshot is { Position: var position }
            && position.Term > stored.Term
            && position.Index > initial.Last
                ? stored with { Term = position.Term, VotedFor = null }
                : stored;
    }

    /// <summary>Restores configurations and commit index, and marks this start in the hard state.</summary>
    /// <exception cref="ArgumentException">Parts of the stored state contradict each other.</exception>
    /// <exception cref="RosterMismatchException">Before its group was founded, the process had another roster.</exception>
    public static void Start(RaftState state, InitialState initial, Commitment commitment)
    {
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

        var committed = Load(state, initial, start);
        var last = state.Log.LastPosition;
        Demand(state.Term >= last.Term, $"the log has reached term {last.Term}, but the stored term is {state.Term}");
        commitment.Set(committed);
        state.Delivered = committed;
        state.Election.BoundUntil = state.Election.FormerPromiseEnd = EndOfPromise(state);
        state.Durability.SetHardState(WithThisStart(state));
        state.Roster.Update(state);
        state.Timer.Reset();
    }

    /// <summary>
    /// Returns when a promise of an earlier start is over. When it was made is forgotten, so it counts as made now, in ticks of this
    /// start. In term 0 no leader was ever heard, so none was made.
    /// </summary>
    private static long EndOfPromise(RaftState state) => state.HardState.Promise > 0 && state.Term > Term.Zero
        ? ((state.HardState.Promise - 1) / state.Options.TickMicroseconds) + 2
        : 0;

    /// <summary>Returns the mark of a start. Its seed differs, so that the other random choices do not depend on it.</summary>
    public static ulong MarkOf(ulong seed) => new Prng(~seed).Next();

    /// <summary>
    /// Returns the hard state of a start, with the next boot and, before the founding, the roster. The roster is durable before any vote,
    /// so that no restart can vote under another one.
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
            Promise = Math.Max(state.HardState.Promise, state.Options.Promise),
        };
    }

    /// <summary>
    /// Restores what follows from the entries above the snapshot: the configurations, and the sessions and request keys of the committed
    /// ones. Entries of an <see cref="EarlierLog"/> pass through the log, and committed ones leave the memory again above its bound.
    /// </summary>
    /// <param name="start">The index of the snapshot, or 0.</param>
    /// <returns>The commit index.</returns>
    private static LogIndex Load(RaftState state, InitialState initial, LogIndex start)
    {
        var (log, last) = (state.Log, initial.Last);
        var committed = initial.Committed < last ? initial.Committed : last;
        committed = committed > start ? committed : start;
        if (initial.Earlier is not { } earlier || last < start)
        {
            Take(state, log.From(start.Next), start, committed);
            return committed;
        }

        foreach (var entries in earlier.Pages.Append(initial.Log))
        {
            log.Recover(entries);
            Take(state, entries, start, committed);
            var options = state.Options;
            if (log.MemorySize > options.LogMemoryBytes)
            {
                var (end, kept) = (committed < log.Last ? committed : log.Last, options.LogMemoryBytes - (options.LogMemoryBytes / 8));
                state.Snapshots.OnEvicted(
                    log.Evict(end, kept, options.MaxEntriesPerMessage, options.MaxBytesPerMessage, [start]), options.Sessions);
            }
        }

        Demand(log.Last == last, $"the log ends at {log.Last}, and should end at {last}");
        if (initial.Snapshot is { Position: var position })
        {
            DemandAgreement(log, position);
        }

        return committed;
    }

    private static void Take(RaftState state, LogSlice entries, LogIndex start, LogIndex committed)
    {
        foreach (var entry in entries)
        {
            if (entry.Index > start)
            {
                state.Configurations.Append(entry);
            }

            if (entry.Index > start && entry.Index <= committed)
            {
                state.Sessions.Add(entry);
                state.Keys.Add(entry);
            }
        }
    }

    private static void DemandAgreement(RaftLog log, LogPosition position) =>
        Demand(log.Holds(position), $"the snapshot covers {position}, where the log has {log.PositionAt(position.Index)}");

    private static void Demand(bool holds, string damage)
    {
        if (!holds)
        {
            throw new ArgumentException($"The store is damaged: {damage}.", "initial");
        }
    }
}
