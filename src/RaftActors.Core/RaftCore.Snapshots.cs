using System.Collections.Immutable;

namespace RaftActors.Core;

/// <content>Snapshots take the place of old entries (§7): those that this process has, and what may be discarded for them.</content>
public sealed partial class RaftCore
{
    /// <summary>The latest one that is durable, or is being installed.</summary>
    private Snapshot? _snapshot;

    /// <summary>The latest snapshot that stands for the beginning of the log; null if there is none.</summary>
    public Snapshot? Snapshot => _snapshot;

    /// <summary>What the shell was told last by <see cref="Effect.Discard"/>.</summary>
    private (LogPosition Log, LogIndex Snapshot) _discarded;

    /// <summary>
    /// What is to be kept beside the application's state at an index after that of <see cref="Snapshot"/>, up to the last one that was
    /// given out by <see cref="Effect.Commit"/>, and not before that of the group's first configuration. There is one snapshot for a place:
    /// it may be on its way to somebody, in pieces.
    /// </summary>
    /// <param name="length">Bytes of that state.</param>
    /// <exception cref="ArgumentOutOfRangeException">The index is another one, or bytes are negative.</exception>
    public Snapshot DescribeSnapshot(LogIndex index, long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(index, _snapshot?.Position.Index ?? LogIndex.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(index, _given);
        var (at, configuration) = _configurations.LatestUpTo(index) ?? throw new ArgumentOutOfRangeException(
            nameof(index),
            index,
            "The group's first configuration stands after these preloaded pairs; a snapshot needs one.");
        return new Snapshot(_log.PositionAt(index), at, configuration, SessionsAt(index), length);
    }

    /// <summary>
    /// The sessions of a committed index. The table of the commit index does not tell: an origin that it has forgotten may have been
    /// remembered at that index, and a process that starts from the snapshot would forget other origins than this one. So the entries
    /// after the last snapshot are added to its table once more.
    /// </summary>
    private ImmutableArray<SessionState> SessionsAt(LogIndex index)
    {
        var sessions = new Sessions(Options.Sessions, _snapshot?.Sessions ?? []);
        var start = _snapshot?.Position.Index ?? LogIndex.Zero;
        foreach (var entry in _log.From(start.Next, (int)(index.Value - start.Value)))
        {
            sessions.Add(entry);
        }

        return sessions.ToStates();
    }

    private static RaftLog LogOf(InitialState initial)
    {
        var (start, snapshot) = (initial.Base, initial.Snapshot);
        Demand(
            start.Index == LogIndex.Zero || snapshot is not null,
            $"the log begins after {start}, and there is no snapshot of what was before");
        var log = new RaftLog(start, initial.Log);
        if (snapshot is null)
        {
            return log;
        }

        var position = snapshot.Position;
        Demand(position.Index >= start.Index, $"the log begins after {start}, and the latest snapshot goes only up to {position}");
        Demand(
            snapshot.ConfigurationIndex <= position.Index,
            $"the snapshot goes up to {position}, and its configuration is of {snapshot.ConfigurationIndex}");
        if (log.Last < position.Index)
        {
            // The application was given entries that this disk was still writing, and its snapshot was faster. It stands for them all.
            return new RaftLog(position, []);
        }

        Demand(log.Holds(position), $"the snapshot goes up to {position}, where the log has {log.PositionAt(position.Index)}");
        return log;
    }

    /// <summary>
    /// A snapshot that was faster than the log was faster than the term of its last entry too, which is written with the entries. Nothing
    /// was said in that term, since that waits for the write; so no vote of it is forgotten.
    /// </summary>
    private static HardState HardStateOf(InitialState initial)
    {
        var (kept, log) = (initial.HardState, initial.Log);
        return initial.Snapshot is { Position: var position }
            && position.Term > kept.Term
            && position.Index.Value > initial.Base.Index.Value + log.Length
                ? kept with { Term = position.Term, VotedFor = null }
                : kept;
    }

    private static void Demand(bool holds, string damage)
    {
        if (!holds)
        {
            throw new ArgumentException($"The store is damaged: {damage}.", "initial");
        }
    }

    private void StartFrom(InitialState initial)
    {
        _discarded = (initial.Base, LogIndex.Zero);
        _snapshot = initial.Snapshot;
        var start = LogIndex.Zero;
        if (_snapshot is { } snapshot)
        {
            var (kept, own) = (_hardState.Group, snapshot.Configuration.Group);
            Demand(kept == GroupUid.None || kept == own, $"the snapshot is of group {own}, and the process belongs to {kept}");
            start = snapshot.Position.Index;
            _configurations.StartFrom(snapshot, keepsLog: false);
        }

        foreach (var entry in _log.From(start.Next))
        {
            _configurations.Append(entry);
        }

        _given = start;
        Committed(start);
    }

    private void OnSnapshotTaken(Snapshot snapshot)
    {
        if (snapshot.Position.Index <= _snapshot?.Position.Index)
        {
            return; // One that came in meanwhile is newer.
        }

        Invariant.That(snapshot.Position.Index <= _given && _log.Holds(snapshot.Position), "a snapshot is of what was given out");
        _snapshot = snapshot;
        _log.Covered(snapshot.Position.Index);
    }

    /// <summary>
    /// Forgets what a snapshot stands for, except the last entries before it and what somebody needs to whom a snapshot is being sent:
    /// that snapshot, and the log after it. Without these the end of a transfer would find the log gone on, and another one would begin.
    /// Who was gone for long is waited for no more, nor who is heard and takes nothing: what it is to be sent may not be readable.
    /// </summary>
    private void Discard()
    {
        if (_snapshot is not { } snapshot)
        {
            return;
        }

        var pinned = snapshot.Position.Index;
        var end = new LogIndex(Math.Max(0, pinned.Value - Options.RetainedEntries));
        foreach (var progress in (_role as LeaderRole)?.Peers ?? [])
        {
            if (progress.KeepsLogAfter is null)
            {
                continue;
            }

            if (IsWaitedForInVain(progress))
            {
                progress.GiveUp(_log.Base.Index);
                continue;
            }

            pinned = progress.Outgoing is { } outgoing && outgoing.Snapshot.Position.Index < pinned
                ? outgoing.Snapshot.Position.Index
                : pinned;
            end = progress.KeepsLogAfter < end ? progress.KeepsLogAfter.Value : end;
        }

        DiscardLogTo(end);
        if (_discarded != (_log.Base, pinned))
        {
            _discarded = (_log.Base, pinned);
            _effects.Add(new Effect.Discard(_log.Base, pinned));
        }
    }

    private bool IsWaitedForInVain(Progress progress) =>
        _now - progress.HeardAt >= Options.GoneTicks
        || (progress.Outgoing is { IsStored: false } outgoing && _now - outgoing.MovedAt >= Options.GoneTicks);

    private void DiscardLogTo(LogIndex end)
    {
        if (end <= _log.Base.Index)
        {
            return;
        }

        _log.DiscardTo(end);
        _configurations.DiscardTo(end);
        foreach (var progress in (_role as LeaderRole)?.Peers ?? [])
        {
            if (progress.Next <= end)
            {
                // Whether it has the place where the log begins now, it will say.
                progress.ProbeAgain(end);
            }
        }
    }
}
