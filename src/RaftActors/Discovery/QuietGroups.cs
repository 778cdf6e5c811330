using Akka.Actor;

using RaftActors.Engine;
using RaftActors.Wire;

namespace RaftActors.Discovery;

/// <summary>
/// The quiescent processes of this node. Two nodes that share quiescent groups exchange one beat for all of them. A process wakes when a
/// node that it depends on falls silent, or when the beats of its leader's node no longer include its group. For the registry's thread
/// only.
/// </summary>
internal sealed class QuietGroups
{
    private readonly Dictionary<(string Group, ProcessName Name), QuietProcess> _processes = [];
    private readonly SortedDictionary<Address, QuietNode> _nodes = [];
    private TimeSpan? _toldAt;

    /// <summary>The time between two beats, or null while no process is quiescent.</summary>
    public TimeSpan? Interval => _processes.Count == 0 ? null : _processes.Values.Min(process => process.Interval);

    /// <summary>Begins to watch a quiescent process. A process that is watched already has a new leader or term.</summary>
    public void Add(QuietProcess process, TimeSpan now)
    {
        Remove(process.Group, process.Name);
        process.Since = now;
        _processes.Add((process.Group, process.Name), process);
        foreach (var (name, address) in process.Watched)
        {
            if (!_nodes.TryGetValue(address, out var node))
            {
                _nodes.Add(address, node = new QuietNode { HeardAt = now });
            }

            node.Add(process, name);
        }
    }

    /// <summary>Ends the watch of a process.</summary>
    public void Remove(string group, ProcessName name)
    {
        if (!_processes.Remove((group, name), out var process))
        {
            return;
        }

        foreach (var (other, address) in process.Watched)
        {
            if (_nodes.TryGetValue(address, out var node))
            {
                node.Remove(process, other);
            }
        }
    }

    public void OnBeat(Address from, WireMessage.NodeBeat beat, TimeSpan now)
    {
        if (!_nodes.TryGetValue(from, out var node))
        {
            return;
        }

        node.HeardAt = now;
        foreach (var process in node.Compare(beat, now))
        {
            process.Engine.Tell(new PeerNews.LeadsNoMore(process.Leader), ActorRefs.NoSender);
        }
    }

    /// <summary>
    /// Wakes the processes of silent nodes, and returns the beats to send. If the call comes far too late, this node was suspended, and
    /// the beats of that time may still be in its mailbox, so nothing wakes.
    /// </summary>
    public IEnumerable<(Address To, WireMessage.NodeBeat Beat)> OnTime(TimeSpan now)
    {
        var wasSuspended = now - _toldAt > 2 * Interval;
        _toldAt = wasSuspended ? null : now;
        foreach (var (address, node) in _nodes.ToArray())
        {
            if (node.IsEmpty)
            {
                _nodes.Remove(address);
                continue;
            }

            foreach (var (process, other) in wasSuspended ? [] : node.Silent(now))
            {
                process.Engine.Tell(new PeerNews.Silent(other), ActorRefs.NoSender);
            }

            yield return (address, node.ToBeat());
        }
    }
}
