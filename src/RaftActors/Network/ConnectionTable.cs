using System.Collections.Immutable;

using Akka.Actor;
using Akka.Event;

namespace RaftActors.Network;

/// <summary>
/// The routes to other nodes, by address. Peers and unnamed nodes supply addresses, so the number of those that no group of this node
/// names is bounded. A full table forgets the address that was requested longest ago and has no socket. Thread-safe.
/// </summary>
internal sealed class ConnectionTable<TConnection>(Func<Address, TConnection> make, NetworkContext context)
    where TConnection : class, IForgettableConnection
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Address, LinkedListNode<(Address Address, TConnection Connection)>> _connections = [];

    // Ordered by the latest request.
    private readonly LinkedList<(Address Address, TConnection Connection)> _inOrder = [];
    private ImmutableHashSet<Address> _named = [];
    private bool _isClosed;

    public TConnection[] All
    {
        get
        {
            lock (_lock)
            {
                return [.. _inOrder.Select(each => each.Connection)];
            }
        }
    }

    /// <summary>Sets the addresses outside of the bound. Their connections are never forgotten.</summary>
    public void SetNamed(ImmutableHashSet<Address> named)
    {
        lock (_lock)
        {
            _named = named;
        }
    }

    /// <summary>Makes no further connections. Returns those that it has.</summary>
    public TConnection[] Close()
    {
        lock (_lock)
        {
            _isClosed = true;
            return All;
        }
    }

    public TConnection? Find(Address address)
    {
        lock (_lock)
        {
            return _connections.GetValueOrDefault(address)?.Value.Connection;
        }
    }

    /// <summary>Returns the connection to an address. If the table has no room for it, the result takes no messages.</summary>
    public TConnection Get(Address address)
    {
        if (TryGet(address) is { } connection)
        {
            return connection;
        }

        var closed = make(address);
        closed.TryRetire();
        return closed;
    }

    /// <summary>Returns the connection to an address, or null if the table has no room for it.</summary>
    public TConnection? TryGet(Address address)
    {
        lock (_lock)
        {
            if (_connections.TryGetValue(address, out var known))
            {
                _inOrder.Remove(known);
                _inOrder.AddLast(known);
                return known.Value.Connection;
            }

            if (_isClosed)
            {
                return null;
            }

            if (_named.Contains(address) || HasRoom())
            {
                var connection = make(address);
                _connections.Add(address, _inOrder.AddLast((address, connection)));
                return connection;
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
        if (_connections.Count < NetworkContext.UnnamedMax
            || _connections.Keys.Count(address => !_named.Contains(address)) < NetworkContext.UnnamedMax)
        {
            return true;
        }

        for (var node = _inOrder.First; node is not null; node = node.Next)
        {
            if (!_named.Contains(node.Value.Address) && node.Value.Connection.TryRetire())
            {
                _connections.Remove(node.Value.Address);
                _inOrder.Remove(node);
                return true;
            }
        }

        return false;
    }
}
