using System.Collections.Immutable;

namespace RaftActors.Core;

/// <summary>
/// Snapshots of this process (§7): describes them, discards the log that they cover, evicts entries from memory that the store has, and
/// sends a snapshot in pieces to a process that needs compacted entries.
/// </summary>
internal sealed class Snapshots(RaftState state)
{
    /// <summary>
    /// The bytes above the bound that a planned snapshot may keep in memory, so that a stuck application does not exhaust it.
    /// </summary>
    private const long PlannedBytesMax = 16 << 20;

    private ImmutableArray<Progress> Progresses => (state.Role as LeaderRole)?.Progresses ?? [];

    /// <summary>Describes a snapshot; see <see cref="RaftCore.DescribeSnapshot"/>.</summary>
    public Snapshot Describe(LogIndex index, long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(index, state.Snapshots.Latest?.Position.Index ?? LogIndex.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(index, state.Log.Floor.Index);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(index, state.Delivered);
        var (at, configuration) = state.Configurations.LatestUpTo(index) ?? throw new ArgumentOutOfRangeException(
            nameof(index),
            index,
            "The group's first configuration comes after these preloaded pairs; a snapshot needs one.");

        // The tables at the commit index may have forgotten an origin or a key that was remembered at this index. A process that starts
        // from the snapshot would then forget others than this one. So the entries in memory are added once more, to earlier tables.
        var tables = state.Snapshots.TablesBelow(index, state.Options.Sessions);
        tables.Add(state.Log.From(tables.Index.Next, (int)(index.Value - tables.Index.Value)));
        return tables.Describe(state.Log.PositionAt(index), at, configuration, length);
    }

    /// <summary>Takes over a snapshot of the application's state that has become durable.</summary>
    public void OnSnapshotTaken(Snapshot snapshot)
    {
        if (snapshot.Position.Index <= state.Snapshots.Latest?.Position.Index)
        {
            return; // A newer one was received meanwhile.
        }

        Invariant.That(
            snapshot.Position.Index <= state.Delivered
                && (!state.Log.Knows(snapshot.Position.Index) || state.Log.Holds(snapshot.Position)),
            "a snapshot covers entries that were delivered");
        state.Snapshots.Latest = snapshot;
        state.Log.Covered(snapshot.Position.Index);
    }

    /// <summary>
    /// Discards the entries that a snapshot covers, except the last ones before it. A transfer of a snapshot keeps the snapshot and the
    /// log after it; otherwise the log would have moved on at its end, and another transfer would begin. A process that is gone, or takes
    /// nothing of a snapshot, is not waited for, because the snapshot may not be readable.
    /// </summary>
    public void Discard()
    {
        if (state.Snapshots.Latest is not { } snapshot)
        {
            return;
        }

        var pinned = snapshot.Position.Index;
        var end = new LogIndex(Math.Max(0, pinned.Value - state.Options.RetainedEntries));
        foreach (var progress in Progresses)
        {
            if (progress.KeepsLogAfter is null)
            {
                continue;
            }

            if (IsWaitedForInVain(progress))
            {
                progress.GiveUp(state.Log.Base.Index);
                continue;
            }

            pinned = progress.Outgoing is { } outgoing && outgoing.Snapshot.Position.Index < pinned
                ? outgoing.Snapshot.Position.Index
                : pinned;
            end = progress.KeepsLogAfter < end ? progress.KeepsLogAfter.Value : end;
        }

        DiscardLogTo(end);
        if (state.Snapshots.Discarded != (state.Log.Base, pinned))
        {
            state.Snapshots.Discarded = (state.Log.Base, pinned);
            state.Effects.Add(new Effect.Discard(state.Log.Base, pinned));
        }
    }

    private bool IsWaitedForInVain(Progress progress) =>
        state.Now - progress.RepliedAt >= state.Options.GoneTicks
        || (progress.Outgoing is { IsStored: false } outgoing && state.Now - outgoing.MovedAt >= state.Options.GoneTicks);

    private void DiscardLogTo(LogIndex end)
    {
        if (end <= state.Log.Base.Index || state.Log.KnownUpTo(end).Index is var known && known <= state.Log.Base.Index)
        {
            return;
        }

        end = known; // A page of evicted entries is discarded as a whole.

        Invariant.That(end <= state.CommitIndex, "only committed entries are discarded");
        state.Log.DiscardTo(end);
        state.Configurations.DiscardTo(end);
        foreach (var progress in Progresses)
        {
            if (progress.Next <= end)
            {
                progress.ProbeAgain(end); // The reply says whether the process has the place where the log begins now.
            }
        }
    }

    /// <summary>
    /// Evicts entries above the bound until an eighth of it is free, so that evictions are rare. Entries that are not in the store may be
    /// truncated, and those that are not delivered are unknown to the shell, so both stay.
    /// </summary>
    public void Evict()
    {
        var (log, bound) = (state.Log, state.Options.LogMemoryBytes);
        if (log.MemorySize > bound)
        {
            var end = log.Stored < state.Delivered ? log.Stored : state.Delivered;
            end = state.Snapshots.Planned < end && log.MemorySize <= bound + PlannedBytesMax ? state.Snapshots.Planned.Value : end;
            var (entries, bytes) = (state.Options.MaxEntriesPerMessage, state.Options.MaxBytesPerMessage);
            var evicted = log.Evict(end, bound - (bound / 8), entries, bytes, SentTo());
            state.Snapshots.OnEvicted(evicted, state.Options.Sessions);
        }
    }

    /// <summary>The last entries that were sent to other processes. Their positions stay known, because the heartbeats name them.</summary>
    private LogIndex[] SentTo() => state.Role is LeaderRole leader
        ? [.. leader.Progresses.Select(progress => new LogIndex(progress.Next.Value - 1))]
        : [];

    /// <summary>Sends the pieces that the receiver's window takes.</summary>
    public void SendPieces(Progress progress, OutgoingSnapshot outgoing)
    {
        while (outgoing.TakeNext(state.Options.SnapshotChunkBytes) is var (place, sessions, keys))
        {
            var envelope = state.EnvelopeOf(progress.Member, ChunkOf(outgoing, place, sessions, keys), state.Term);
            var offset = place - outgoing.StateStart;
            state.Durability.Send(sessions.IsEmpty && keys.IsEmpty
                ? new Effect.SendChunk(envelope, offset, state.Options.SnapshotChunkBytes)
                : new Effect.Send(envelope));
        }
    }

    /// <summary>
    /// Sends an empty piece as the heartbeat of a transfer, because the receiver would refuse AppendEntries until the end. The reply tells
    /// how far the receiver is. One that does not answer is not sent the same piece again and again.
    /// </summary>
    public void SendHeartbeat(Progress progress, OutgoingSnapshot outgoing)
    {
        SendPlace(progress, outgoing);
        if (state.IsResponsive(progress))
        {
            outgoing.SendAgainIfLost();
            SendPieces(progress, outgoing);
        }
    }

    /// <summary>Sends an empty piece.</summary>
    public void SendPlace(Progress progress, OutgoingSnapshot outgoing)
    {
        state.Send(progress.Member, ChunkOf(outgoing, outgoing.Stored, [], []));
        progress.SentRound = state.LatestRound;
    }

    private Message.SnapshotChunk ChunkOf(
        OutgoingSnapshot outgoing, long place, ImmutableArray<SessionState> sessions, ImmutableArray<CommittedKey> keys) => new(
            outgoing.Description,
            outgoing.Snapshot.Sessions.Length,
            place,
            sessions,
            default,
            state.Log.LastPosition.Serial,
            state.LatestRound)
        {
            KeyCount = outgoing.Snapshot.Keys.Keys.Length,
            Keys = keys,
        };
}
