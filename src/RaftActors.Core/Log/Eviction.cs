namespace RaftActors.Core;

/// <summary>Keeps the log in memory below a bound: the store has the entries that leave.</summary>
internal sealed class Eviction(RaftState state)
{
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
            log.Evict(end, bound - (bound / 8), state.Options.MaxEntriesPerMessage, state.Options.MaxBytesPerMessage, SentTo());
        }
    }

    /// <summary>The last entries that were sent to other processes. The heartbeats name their positions, so these stay known.</summary>
    private LogIndex[] SentTo() => state.Role is LeaderRole leader
        ? [.. leader.Progresses.Select(progress => new LogIndex(progress.Next.Value - 1))]
        : [];
}
