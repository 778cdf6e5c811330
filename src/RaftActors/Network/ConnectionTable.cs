using System.Collections.Immutable;

using Akka.Actor;
using Akka.Event;

namespace RaftActors.Network;

/// <summary>
/// The routes to other nodes, by address. Peers and unnamed nodes tell of addresses, so the number of those that no group of this node
/// names is bounded. When the table is full, the address that was asked for longest ago is forgotten, unless there is a socket to it.
/// Thread-safe.
/// </summary>
/// <param name="make">Makes the connection to an address.</param>
internal sealed class ConnectionTable<TConnection>(Func<Address, TConnection> make, NetworkContext context)
    where TConnection : class, IForgettableConnection
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Address, LinkedListNode<(Address Address, TConnection Connection)>> _connections = [];

    // The one that was asked for last comes last.
    private readonly LinkedList<(Address Address, TConnection Connection)> _inOrder = [];
    private ImmutableHashSet<Address> _named = [];

    /// <summary>All connections, as they are now.</summary>
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

    /// <summary>The connections to these addresses are outside of the bound, and are never forgotten.</summary>
    public void SetNamed(ImmutableHashSet<Address> named)
    {
        lock (_lock)
        {
            _named = named;
        }
    }

    /// <summary>Null: there is no connection to this address.</summary>
    public TConnection? Find(Address address)
    {
        lock (_lock)
        {
            return _connections.GetValueOrDefault(address)?.Value.Connection;
        }
    }

    /// <summary>The connection to an address. Without room for it the result is a connection that takes no messages.</summary>
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

    /// <summary>The connection to an address; null: there is no room for it.</summary>
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
