using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;

using Akka.Actor;
using Akka.Event;

using RaftActors.Settings;
using RaftActors.Telemetry;

namespace RaftActors.Network;

/// <summary>
/// Accepts the connections of other nodes and of clients. A connection that fails its handshake, or sends damaged bytes, is closed, and its
/// cause is logged once a minute.
/// </summary>
internal sealed class ConnectionListener : IDisposable
{
    // More than a group has nodes and a node has clients.
    private const int MaxConnections = 4096;
    private const int MaxHandshakes = 64;
    private const int MaxWaiting = 2048;

    private static readonly TimeSpan HandshakeTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AcceptPause = TimeSpan.FromSeconds(1);

    // A client with a smaller silence is in use.
    private static readonly TimeSpan IdleMin = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly HashSet<AcceptedConnection> _inbound = [];
    private readonly Dictionary<Address, AcceptedConnection> _latest = [];
    private readonly OpenHandshakes _handshakes = new(MaxHandshakes, MaxWaiting);
    private readonly WarningLimit _warnings = new(Machine.Current.Time);
    private readonly NetworkContext _context;
    private readonly Func<HandshakeResult, IConnection> _connectionTo;
    private readonly int _maxConnections;
    private readonly IChannelListener _listener;
    private long _accepted;
    private volatile bool _isDisposed;

    /// <param name="connectionTo">The route back to a node.</param>
    /// <param name="listener">Accepts the connections, in place of the machine.</param>
    /// <param name="maxConnections">Beyond it, a client is accepted only in place of another one. Nodes are always accepted.</param>
    /// <param name="port">0 takes any free port.</param>
    /// <exception cref="RaftConfigurationException">The port cannot be opened.</exception>
    public ConnectionListener(
        NetworkContext context,
        Func<HandshakeResult, IConnection> connectionTo,
        IChannelListener? listener = null,
        int maxConnections = MaxConnections,
        int port = 0)
    {
        (_context, _connectionTo, _maxConnections) = (context, connectionTo, maxConnections);
        _listener = listener ?? Listen(context, port);
        _ = AcceptAsync();
    }

    public int Port => _listener.Port;

    /// <summary>Closes the connections that the changed credentials would not accept.</summary>
    public void Recheck()
    {
        lock (_lock)
        {
            foreach (var connection in _inbound)
            {
                Recheck(connection);
            }
        }
    }

    /// <summary>Closes the connections of a node that were accepted only because a group named it.</summary>
    public void OnDeparted(Address peer)
    {
        if (Close(each => each.IsByName && each.Peer.Equals(peer)))
        {
            _context.Log.Info("Closed the raft connection of {0}: it has left the groups of this node.", peer);
        }
    }

    /// <summary>Closes the connections of a node.</summary>
    public void Close(Address peer) => Close(each => IsOf(peer, each));

    // Closes the latest one first, because a node goes on by it as soon as a former one has ended. Returns whether there was one.
    private bool Close(Func<AcceptedConnection, bool> isClosing)
    {
        lock (_lock)
        {
            var closing = _inbound.Where(isClosing).OrderByDescending(each => each.Number).ToList();
            closing.ForEach(connection => connection.Dispose());
            return closing.Count > 0;
        }
    }

    // A node takes the end of its former connection for a sign that this side has read it to the end. So the later connections of the node
    // end with a former one. Otherwise their messages would follow those that were lost.
    private void Recheck(AcceptedConnection connection)
    {
        if (connection.Identity is { } identity && !_context.Credentials!.Current.StillAccepts(identity))
        {
            Close(each => each == connection
                || (!connection.IsClient && IsOf(connection.Peer, each) && each.Number > connection.Number));
            _context.Log.Warning("Closed the raft connection of {0}: its credentials are no longer accepted.", connection.Peer);
        }
    }

    public void Dispose()
    {
        _isDisposed = true;
        _listener.Dispose();
        _handshakes.Close();
        Close(_ => true);
    }

    private static IChannelListener Listen(NetworkContext context, int port)
    {
        var settings = context.Settings;
        try
        {
            return context.Channels.Listen(settings.Hostname, port);
        }
        catch (Exception e) when (e is SocketException or ArgumentException or IndexOutOfRangeException)
        {
            var host = settings.Hostname.Length > 0 ? settings.Hostname : "any address";
            var remedy = settings.IsAtAddress
                ? "raft.transport-tcp.port-offset is 0, so raft has the port of the address, and the remoting must listen elsewhere: "
                    + $"set {AkkaRemoting.Section} {{ hostname = 127.0.0.1, port = 0, public-hostname, public-port }}."
                : $"Raft's port is that of the remoting plus raft.transport-tcp.port-offset: {port - settings.PortOffset} + "
                    + $"{settings.PortOffset}. "
                    + (e is SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse }
                        ? "Perhaps this program runs already; end it, or choose another port."
                        : $"Change {AkkaRemoting.Section}.port of this node, or change the offset on all nodes. "
                            + "Set raft.transport-tcp.hostname to an address of this machine.");
            throw new RaftConfigurationException($"Cannot listen on {host}:{port} for raft messages: {e.Message}. {remedy}", e);
        }
    }

    private async Task AcceptAsync()
    {
        var isFailing = false;
        while (!_isDisposed)
        {
            try
            {
                var channel = await _listener.AcceptAsync();

                // The handshake blocks, because the socket must stay unregistered (see SocketChannel). So it has a thread of its own.
                _handshakes.Enter(
                    channel.From,
                    place => Machine.Current.RunOnThread("raft-handshake", () => _ = TakeAsync(channel, place)),
                    channel.Dispose);
                isFailing = false;
            }
            catch (Exception e)
            {
                if (_isDisposed)
                {
                    return;
                }

                if (!isFailing)
                {
                    // The process may be out of memory or of file handles for a while.
                    _context.Log.Warning("Cannot accept raft connections on port {0} for now: {1}", Port, e.Message);
                }

                isFailing = true;
                await Task.Delay(AcceptPause, Machine.Current.Time);
            }
        }
    }

    private async Task TakeAsync(ByteChannel channel, OpenHandshakes.Place place)
    {
        using var closing = channel;
        var from = channel.From;
        AcceptedConnection? connection = null;
        try
        {
            var greeting = await ShakeHandsAsync(channel, place);
            var owner = greeting.Identity?.Name ?? from.ToString();
            connection = greeting.ClientRole is null
                ? new InboundNodeConnection(channel, _context, greeting, _connectionTo(greeting)) { Owner = owner }
                : new InboundCallConnection(channel, _context, greeting) { Owner = owner };
            if (TryAdd(connection))
            {
                // The answer is sent only after TryAdd. It may make the other side close the former connection, and that end then does not
                // count as the node's end.
                using var timeout = new CancellationTokenSource(HandshakeTimeout, Machine.Current.Time);
                await HandshakeResult.AnswerAsync(channel, timeout.Token);

                // The credentials may have changed since its handshake, before it was added.
                Recheck(connection);
                await connection.RunToEndAsync();
            }
            else if (!_isDisposed)
            {
                Warn(
                    from.ToString(),
                    $"{_maxConnections} connections are open, most of them by '{connection.Owner}' itself. Let its programs share a "
                    + "client.");
            }
        }
        catch (Exception e)
        {
            OnFailed(connection?.Peer.ToString() ?? from.ToString(), e);
        }

        OnEnd(connection);
    }

    private async Task<HandshakeResult> ShakeHandsAsync(ByteChannel channel, OpenHandshakes.Place place)
    {
        using var timeout = new CancellationTokenSource(HandshakeTimeout, Machine.Current.Time);
        try
        {
            channel.KeepAlive();
            using var ending = timeout.Token.Register(channel.Dispose);
            return await HandshakeResult.TakeAsync(channel, _context, timeout.Token);
        }
        catch (Exception) when (timeout.IsCancellationRequested)
        {
            throw new InvalidDataException($"Its handshake took more than {HandshakeTimeout.TotalSeconds} s.");
        }
        finally
        {
            _handshakes.Leave(place);
        }
    }

    private void OnFailed(string from, Exception e)
    {
        switch (e)
        {
            case InvalidDataException:
                Warn(from, e.Message);
                break;
            case AuthenticationException:
                Warn(from, $"{e.Message}.");
                break;
            case SocketException or IOException or ObjectDisposedException:
                _context.Log.Debug("The raft connection from {0} ended: {1}", from, e.Message);
                break;
            default:
                if (_warnings.TryGive(from, e.GetType().Name, out _))
                {
                    _context.Log.Error(e, "Closed a raft connection from {0}, which failed", from);
                }

                break;
        }
    }

    private void Warn(string from, string why)
    {
        if (_warnings.TryGive(from, why, out var text))
        {
            _context.Log.Warning("Closed a raft connection from {0}: {1}", from, text);
        }
    }

    // The latest of a node's connections counts, because the node has restarted or connected again. The one before, if it is of the same
    // start, is still read to its end: a node changes its connection when its credentials change, and what it sent by the former one must
    // not be lost.
    private bool TryAdd(AcceptedConnection connection)
    {
        lock (_lock)
        {
            if (_isDisposed || !(IsNode(connection) || HasRoomFor(connection)))
            {
                return false;
            }

            connection.Number = ++_accepted;
            if (!connection.IsClient)
            {
                var latest = _latest.GetValueOrDefault(connection.Peer);
                Close(each => IsOf(connection.Peer, each) && (each != latest || each.Node != connection.Node));
                _latest[connection.Peer] = connection;
            }

            _inbound.Add(connection);
            return true;
        }
    }

    private static bool IsOf(Address peer, AcceptedConnection connection) => !connection.IsClient && connection.Peer.Equals(peer);

    // Without credentials, a node that a group names counts. Each address has at most one connection.
    private bool IsNode(AcceptedConnection connection) =>
        connection.IsProvenNode || (!connection.IsClient && _context.IsNamed(connection.Peer));

    // When all places are taken, the owner with the most clients loses the client that has been silent longest. So a flood of one owner
    // keeps nobody else out. That owner itself gets another place only for a client that is not in use.
    private bool HasRoomFor(AcceptedConnection connection)
    {
        var open = _inbound.Where(each => !each.IsClosed).ToArray();
        if (open.Length < _maxConnections)
        {
            return true;
        }

        if (open.Where(each => !IsNode(each)).GroupBy(each => each.Owner).MaxBy(each => each.Count()) is not { } crowd)
        {
            return false;
        }

        var leaving = crowd.MinBy(each => each.HeardAt)!; // Justification: no group is empty.
        if (crowd.Key == connection.Owner && Machine.Current.Time.GetElapsedTime(leaving.HeardAt) < IdleMin)
        {
            return false;
        }

        leaving.Dispose();
        return true;
    }

    private void OnEnd(AcceptedConnection? connection)
    {
        lock (_lock)
        {
            if (connection is null || !_inbound.Remove(connection) || connection.IsClient)
            {
                return;
            }

            // A later connection tells of the node. Without one, a former connection may have brought news after the end of the latest.
            if (_latest.GetValueOrDefault(connection.Peer, connection) != connection)
            {
                return;
            }

            _latest.Remove(connection.Peer);

            // A renewal may have failed, so that the node still uses the one before. The next one brings the list of its processes.
            Close(each => IsOf(connection.Peer, each));
        }

        _context.Registry.Tell(new ConnectionNews.Ended(connection.Peer, connection.Number), ActorRefs.NoSender);
    }
}
