using Akka.Actor;

namespace RaftActors.Network;

/// <summary>
/// The nodes that have left the groups of this node. A departed node stays one even if an answer to it makes a new connection to it.
/// Thread-safe.
/// </summary>
internal sealed class DepartedNodes
{
    /// <summary>
    /// The most nodes that are remembered; the one that left first is forgotten first. Each node was removed by an operator, so there are
    /// few.
    /// </summary>
    public const int Max = 4096;

    private readonly Lock _lock = new();

    // By the number of the departure, so that the lowest one is the oldest.
    private readonly Dictionary<Address, long> _all = [];
    private long _departures;

    /// <summary>Out of date at once while other threads change it.</summary>
    public int Count => _all.Count;

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

    /// <summary>Removes nodes that a group names again.</summary>
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
