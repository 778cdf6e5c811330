using Akka.Actor;

namespace RaftActors.Network;

/// <summary>
/// The nodes that have left the groups of this node. An answer to such a node may still make a connection to it, which does not make it a
/// node again. Thread-safe.
/// </summary>
internal sealed class DepartedNodes
{
    /// <summary>
    /// The most nodes that are remembered. Each was named by a group before, so an operator has removed each of them. The one that left
    /// first is forgotten first.
    /// </summary>
    public const int Max = 4096;

    private readonly Lock _lock = new();

    // With the number of the departure, so that the lowest is the first.
    private readonly Dictionary<Address, long> _all = [];
    private long _departures;

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _all.Count;
            }
        }
    }

    public bool Contains(Address address)
    {
        lock (_lock)
        {
            return _all.ContainsKey(address);
        }
    }

    public void Add(Address address)
    {
        lock (_lock)
        {
            _all[address] = ++_departures;
            if (_all.Count > Max)
            {
                _all.Remove(_all.MinBy(each => each.Value).Key);
            }
        }
    }

    /// <summary>A group names these nodes again.</summary>
    public void Remove(IEnumerable<Address> named)
    {
        lock (_lock)
        {
            foreach (var address in named)
            {
                _all.Remove(address);
            }
        }
    }
}
