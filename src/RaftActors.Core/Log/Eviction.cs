namespace RaftActors.Core;

/// <summary>Keeps the log in memory below a bound: the store has the entries that leave.</summary>
internal sealed class Eviction(RaftState state)
{
    /// <summary>The bytes above the bound that a planned snapshot may keep in memory. A stuck application must not exhaust it.</summary>
    private const long PlannedBytesMax = 16 << 20;

    /// <summary>
    /// Above the bound, evicts entries until an eighth of it is free. So an eviction is rare. Entries that are not in the store, or not
    /// delivered, stay: they may be truncated, and the shell has not seen them.
    /// </summary>
    public void Settle()
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

    /// <summary>The last entries that were sent to other processes. The heartbeats name their positions, so these stay known.</summary>
    private LogIndex[] SentTo() => state.Role is LeaderRole leader
        ? [.. leader.Progresses.Select(progress => new LogIndex(progress.Next.Value - 1))]
        : [];
}
