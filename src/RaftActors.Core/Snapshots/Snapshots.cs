using System.Collections.Immutable;

namespace RaftActors.Core;

/// <summary>Snapshots of this process, and the log that they let it discard (§7).</summary>
internal sealed class Snapshots(RaftState state)
{
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
        // from the snapshot would then forget others than this one. So the entries in memory are added to earlier tables once more.
        var tables = state.Snapshots.TablesBelow(index, state.Options.Sessions);
        tables.Add(state.Log.From(tables.Index.Next, (int)(index.Value - tables.Index.Value)));
        return tables.Describe(state.Log.PositionAt(index), at, configuration, length);
    }

    /// <summary>A snapshot of the application's state is durable.</summary>
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
    /// Discards the entries that a snapshot covers, except the last ones before it, and those that a transfer of a snapshot needs: the
    /// snapshot itself and the log after it. Without these the log would have moved on at the end of the transfer, and another would begin.
    /// A process that is gone, or takes nothing of a snapshot, is not waited for: the snapshot may not be readable.
    /// </summary>
    public void Settle()
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

    private ImmutableArray<Progress> Progresses => (state.Role as LeaderRole)?.Progresses ?? [];

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
}
