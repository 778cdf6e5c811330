using RaftActors.Core;

namespace RaftActors.Benchmarks.Layout;

/// <summary>A node: its disk, its clock, and the nodes that its quiescent processes depend on.</summary>
/// <param name="phase">The time of its first tick and heartbeat.</param>
internal sealed class GroupNode(int number, long phase)
{
    private readonly SortedDictionary<int, (GroupNode Node, HashSet<(GroupProcess, ProcessName)> Watching)> _watched = [];
    private long _batchEnd;

    public int Number => number;

    public long Phase => phase;

    public bool IsAlive { get; set; } = true;

    public long StoppedAt { get; set; }

    /// <summary>The other nodes, with the processes here that depend on one there.</summary>
    public IEnumerable<(GroupNode Node, HashSet<(GroupProcess Here, ProcessName There)> Watching)> Watched => _watched.Values;

    /// <summary>
    /// A write that is queued now is synced with all that are queued before the sync begins, which is when the one before ends.
    /// </summary>
    /// <returns>The time at which it is durable.</returns>
    public long WrittenAt(long now, long sync, Traffic traffic)
    {
        if (now >= _batchEnd)
        {
            traffic.Syncs++;
            _batchEnd = now + sync;
            return _batchEnd;
        }

        if (now < _batchEnd - sync)
        {
            return _batchEnd; // Its sync has not begun.
        }

        traffic.Syncs++;
        _batchEnd += sync;
        return _batchEnd;
    }

    /// <summary>On a node that has stopped: its last heartbeat.</summary>
    public long LastBeat(long interval) => StoppedAt - ((StoppedAt - phase) % interval);

    public void Add(GroupNode other, GroupProcess here, ProcessName there)
    {
        if (!_watched.TryGetValue(other.Number, out var entry))
        {
            _watched.Add(other.Number, entry = (other, []));
        }

        entry.Watching.Add((here, there));
    }

    public void Remove(GroupNode other, GroupProcess here, ProcessName there)
    {
        if (_watched.TryGetValue(other.Number, out var entry) && entry.Watching.Remove((here, there)) && entry.Watching.Count == 0)
        {
            _watched.Remove(other.Number);
        }
    }
}
