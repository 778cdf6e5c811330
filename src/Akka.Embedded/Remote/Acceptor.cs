using System.Net.Sockets;
using Akka.Event;

namespace Akka.Remote;

/// <summary>
/// Accepts connections and holds the inbound links. The numbers of links and of handshakes are bounded. Nothing that a peer does, and
/// no lack of file descriptors, ends the loop.
/// </summary>
internal sealed class Acceptor(TcpTransport transport, Func<ValueTask<Socket>> accept)
{
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromMilliseconds(100);

    private readonly Dictionary<InboundLink, LinkedListNode<InboundLink>> _links = [];
    private readonly LinkedList<InboundLink> _handshakes = [];
    private readonly Lock _gate = new();
    private bool _isStopped;

    /// <summary>The maximum number of inbound connections. Further ones are closed at once. A test may lower it.</summary>
    internal int LinksMax { get; set; } = 4096;

    /// <summary>
    /// The maximum number of connections before the end of their handshake. Beyond, the oldest of them is closed: a handshake takes
    /// milliseconds, so the oldest one is most likely stuck.
    /// </summary>
    internal int HandshakesMax { get; set; } = 256;

    internal int LinkCount
    {
        get
        {
            lock (_gate)
            {
                return _links.Count;
            }
        }
    }

    public async Task RunAsync()
    {
        while (!IsStopped())
        {
            Socket? socket = null;
            try
            {
                socket = await accept().ConfigureAwait(false);
                socket.NoDelay = true;
                socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
                Admit(new Connection(socket));
            }
            catch (Exception failure)
            {
                socket?.Dispose();
                if (IsStopped())
                {
                    return;
                }
                transport.Publish(new RemotingErrorEvent(Explained(failure)), "accepting connections");
                // Without file descriptors each attempt fails at once. The pause leaves the processor to those that free some.
                await Task.Delay(PauseAfterFailure).ConfigureAwait(false);
            }
        }
    }

    public void HandshakeEnded(InboundLink link)
    {
        lock (_gate)
        {
            LeaveHandshakes(link);
        }
    }

    public void Ended(InboundLink link)
    {
        lock (_gate)
        {
            LeaveHandshakes(link);
            _links.Remove(link);
        }
    }

    public void Tick()
    {
        foreach (var link in Snapshot())
        {
            link.Tick();
        }
    }

    /// <summary>Refuses further connections. The listener must be closed already.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            _isStopped = true;
        }
    }

    public void CloseAll()
    {
        foreach (var link in Snapshot())
        {
            link.Close();
        }
    }

    private static Exception Explained(Exception failure) => failure is SocketException { SocketErrorCode: SocketError.TooManyOpenSockets }
        ? new RemoteTransportException(
            "No connection can be accepted: this process has too many open files. Raise its limit (ulimit -n), "
            + "or find out which peers open so many connections.",
            failure)
        : failure;

    private bool IsStopped()
    {
        lock (_gate)
        {
            return _isStopped;
        }
    }

    private InboundLink[] Snapshot()
    {
        lock (_gate)
        {
            return [.. _links.Keys];
        }
    }

    private void Admit(Connection connection)
    {
        if (!TryAdd(connection, out var stuck))
        {
            connection.Dispose();
            transport.PeerLog.Write(
                LogLevel.WarningLevel,
                connection.Peer,
                "too many connections",
                $"A connection from {connection.Peer} was closed at once: the maximum of {LinksMax} inbound connections is reached. "
                + "Find out why peers open so many.");
        }
        stuck?.Close(new TimeoutException($"{HandshakesMax} other connections are in their handshake, and all of them are newer"));
    }

    private bool TryAdd(Connection connection, out InboundLink? stuck)
    {
        stuck = null;
        lock (_gate)
        {
            if (_isStopped || _links.Count >= LinksMax)
            {
                return false;
            }
            if (_handshakes.Count >= HandshakesMax)
            {
                stuck = _handshakes.First!.Value; // Justification: it is not empty.
                _handshakes.RemoveFirst();
            }
            var link = new InboundLink(transport, connection, transport.Settings);
            _links[link] = _handshakes.AddLast(link);
            _ = Task.Run(link.RunAsync);
            return true;
        }
    }

    // Under the lock.
    private void LeaveHandshakes(InboundLink link)
    {
        if (_links.TryGetValue(link, out var node) && node.List is not null)
        {
            _handshakes.Remove(node);
        }
    }
}
