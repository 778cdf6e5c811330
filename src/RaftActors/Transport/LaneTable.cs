using System.Collections.Immutable;

using Akka.Actor;
using Akka.Event;

namespace RaftActors.Transport;

/// <summary>
/// The ways to other nodes, by address. Peers and strangers name addresses, so the number of those that no group of this node names is
/// bounded. When the table is full, the address that was asked for longest ago is forgotten, unless its lane has a connection. Thread-safe.
/// </summary>
/// <param name="make">Makes the lane to an address.</param>
internal sealed class LaneTable<TLane>(Func<Address, TLane> make, LaneContext context)
    where TLane : class, IForgettableLane
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Address, LinkedListNode<(Address Address, TLane Lane)>> _lanes = [];

    // The one that was asked for last comes last.
    private readonly LinkedList<(Address Address, TLane Lane)> _inOrder = [];
    private ImmutableHashSet<Address> _named = [];

    /// <summary>All lanes, as they are now.</summary>
    public TLane[] All
    {
        get
        {
            lock (_lock)
            {
                return [.. _inOrder.Select(each => each.Lane)];
            }
        }
    }

    /// <summary>The lanes to these addresses are outside of the bound, and are never forgotten.</summary>
    public void SetNamed(ImmutableHashSet<Address> named)
    {
        lock (_lock)
        {
            _named = named;
        }
    }

    /// <summary>Null: there is no lane to this address.</summary>
    public TLane? Find(Address address)
    {
        lock (_lock)
        {
            return _lanes.GetValueOrDefault(address)?.Value.Lane;
        }
    }

    /// <summary>The lane to an address. Without room for it the result is a lane that takes no messages.</summary>
    public TLane Get(Address address)
    {
        if (TryGet(address) is { } lane)
        {
            return lane;
        }

        var closed = make(address);
        closed.TryRetire();
        return closed;
    }

    /// <summary>The lane to an address; null: there is no room for it.</summary>
    public TLane? TryGet(Address address)
    {
        lock (_lock)
        {
            if (_lanes.TryGetValue(address, out var known))
            {
                _inOrder.Remove(known);
                _inOrder.AddLast(known);
                return known.Value.Lane;
            }

            if (_named.Contains(address) || HasRoom())
            {
                var lane = make(address);
                _lanes.Add(address, _inOrder.AddLast((address, lane)));
                return lane;
            }
        }

        const string Why = "Raft messages to some nodes are dropped, because too many nodes that no group of this "
            + "node names are connected. Find out which programs connect to this node, or set raft.security.";
        if (context.Refusals.TryGive("", Why, out var text))
        {
            context.Log.Warning("{0} The node {1} is one of them.", text, address);
        }

        return null;
    }

    private bool HasRoom()
    {
        if (_lanes.Count < LaneContext.StrangersMax
            || _lanes.Keys.Count(address => !_named.Contains(address)) < LaneContext.StrangersMax)
        {
            return true;
        }

        for (var node = _inOrder.First; node is not null; node = node.Next)
        {
            if (!_named.Contains(node.Value.Address) && node.Value.Lane.TryRetire())
            {
                _lanes.Remove(node.Value.Address);
                _inOrder.Remove(node);
                return true;
            }
        }

        return false;
    }
}
