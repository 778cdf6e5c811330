using System.Net;
using System.Net.Sockets;

using Akka.Actor;
using Akka.Event;

namespace RaftActors.Transport;

/// <summary>
/// Accepts the connections of other nodes and reads each of them on a thread of its own. A bad connection is closed, and a repeated cause
/// is logged once.
/// </summary>
internal sealed class LaneListener : IDisposable
{
    // Far more than a group has nodes. More connections are closed at once.
    private const int MaxConnections = 256;

    // A foreign program that tries for ever makes few different warnings.
    private const int MaxWarnings = 1000;

    private static readonly TimeSpan AcceptPause = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly HashSet<InboundLane> _inbound = [];
    private readonly Dictionary<Address, InboundLane> _latest = [];
    private readonly LaneContext _context;
    private readonly Func<string, IActorRef> _resolve;
    private readonly Func<Socket, Task<Socket>> _accept;
    private readonly HashSet<(string From, string Why)> _warned = [];
    private readonly Socket _socket;
    private volatile bool _isDisposed;

    /// <param name="resolve">Finds the actor at a path with address.</param>
    /// <param name="accept">Accepts the next connection; null: the operating system does.</param>
    /// <exception cref="RaftConfigurationException">The port cannot be opened.</exception>
    public LaneListener(LaneContext context, Func<string, IActorRef> resolve, Func<Socket, Task<Socket>>? accept = null)
    {
        (_context, _resolve, _accept) = (context, resolve, accept ?? (listening => listening.AcceptAsync()));
        _socket = Listen(context.Settings);
        Port = ((IPEndPoint)_socket.LocalEndPoint!).Port; // Justification: a bound socket has one.
        _ = AcceptAsync();
    }

    public int Port { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        _isDisposed = true;
        _socket.Dispose();
        lock (_lock)
        {
            foreach (var lane in _inbound)
            {
                lane.Dispose();
            }
        }
    }

    private static Socket Listen(TransportSettings settings)
    {
        Socket? socket = null;
        try
        {
            var address = Resolve(settings.Hostname);
            socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(address, settings.Port));
            socket.Listen();
            return socket;
        }
        catch (Exception e) when (e is SocketException or ArgumentException or IndexOutOfRangeException)
        {
            socket?.Dispose();
            var host = settings.Hostname.Length > 0 ? settings.Hostname : "any address";
            throw new RaftConfigurationException(
                $"Cannot listen on {host}:{settings.Port} for raft messages: {e.Message}. Set raft.transport-tcp.hostname to an address of "
                + "this machine, and raft.transport-tcp.port to a free port (0: any).");
        }
    }

    private static IPAddress Resolve(string host)
    {
        if (host.Length == 0)
        {
            return IPAddress.Any;
        }

        var found = Dns.GetHostAddresses(host);
        return found.FirstOrDefault(each => each.AddressFamily == AddressFamily.InterNetwork) ?? found[0];
    }

    private async Task AcceptAsync()
    {
        var isFailing = false;
        while (!_isDisposed)
        {
            try
            {
                Begin(await _accept(_socket));
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
                    // The process may have too many open files, or no memory for a thread, for now.
                    _context.Log.Warning("Cannot accept raft connections on port {0} for now: {1}", Port, e.Message);
                }

                isFailing = true;
                await Task.Delay(AcceptPause);
            }
        }
    }

    private void Begin(Socket socket)
    {
        var lane = new InboundLane(socket, _context, _resolve);
        lock (_lock)
        {
            if (_isDisposed || _inbound.Count >= MaxConnections)
            {
                lane.Dispose();
                return;
            }

            _inbound.Add(lane);
        }

        new Thread(() => Run(lane, socket)) { IsBackground = true, Name = "raft-lane" }.Start();
    }

    private void Run(InboundLane lane, Socket socket)
    {
        var from = "";
        try
        {
            from = $"{(socket.RemoteEndPoint as IPEndPoint)?.Address}";
            lane.Run(() => OnHandshake(lane));
        }
        catch (InvalidDataException e)
        {
            WarnOnce(lane.Peer?.ToString() ?? from, e.Message);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            _context.Log.Debug("The raft connection from {0} ended: {1}", lane.Peer?.ToString() ?? from, e.Message);
        }
        catch (Exception e)
        {
            // The thread is the listener's own, so an exception that left it would end the program.
            _context.Log.Error(e, "Closed a raft connection from {0}, which failed", lane.Peer?.ToString() ?? from);
        }

        lane.Dispose();
        OnEnd(lane);
    }

    private void WarnOnce(string from, string why)
    {
        lock (_lock)
        {
            if (_warned.Count >= MaxWarnings)
            {
                _warned.Clear();
            }

            if (!_warned.Add((from, why)))
            {
                return;
            }
        }

        _context.Log.Warning("Closed a raft connection from {0}: {1}", from, why);
    }

    // Of two connections of a node the latest counts: it has restarted, or connected again.
    private void OnHandshake(InboundLane lane)
    {
        lock (_lock)
        {
            _latest.GetValueOrDefault(lane.Peer!)?.Dispose(); // Justification: the handshake set it.
            _latest[lane.Peer!] = lane;
        }
    }

    private void OnEnd(InboundLane lane)
    {
        lock (_lock)
        {
            _inbound.Remove(lane);
            if (lane.Peer is not { } peer || _latest.GetValueOrDefault(peer) != lane)
            {
                return;
            }

            _latest.Remove(peer);
        }

        _context.Registry.Tell(new LaneNews.Ended(lane.Peer), ActorRefs.NoSender);
    }
}
