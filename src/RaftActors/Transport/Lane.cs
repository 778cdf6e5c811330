using System.Net.Sockets;

using Akka.Actor;
using Akka.Event;

using RaftActors.Telemetry;
using RaftActors.Wire;

namespace RaftActors.Transport;

/// <summary>
/// The way for messages of engines to one other node: one connection of this node's own, if there is one. Engines write frames on their
/// threads. The engine that finds the connection idle also sends them, without waiting: so a frame costs no change of threads. If the
/// socket is full, a task sends the rest, and later frames wait for it. Thread-safe.
/// </summary>
internal sealed class Lane(Address address, LaneContext context)
{
    // An engine that sends goes on with what others have written meanwhile, but not for long: it misses its ticks.
    private const int MaxRounds = 4;

    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    // A fence is lost with the connection of the remoting that bears it. Then the messages before it are lost as well.
    private const int MaxFences = 5;

    private static readonly TimeSpan FencePause = TimeSpan.FromMilliseconds(200);

    // The time from a failed attempt to the next one is twice as long each time.
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private Connection? _connection;
    private WireMessage.LaneAt? _warned;
    private long _connections;
    private TimeSpan _pause;

    // Messages that engines are about to send by Akka. A fence must follow them.
    private int _detours;

    /// <summary>Connects to the node, unless this is done or under way. Another endpoint ends the connection to the former one.</summary>
    public void Learn(WireMessage.LaneAt endpoint)
    {
        lock (_lock)
        {
            if (_connection?.Endpoint == endpoint)
            {
                return;
            }

            EndNow();
            _connection = new Connection(endpoint, ++_connections, context);
            _ = ConnectAsync(_connection);
        }
    }

    /// <summary>Ends the connection, and makes no other one until the next <see cref="Learn"/>.</summary>
    public void Forget()
    {
        lock (_lock)
        {
            EndNow();
        }
    }

    /// <summary>All messages that went by Akka have arrived. The lane sends those that it took since, and all later ones.</summary>
    public void Open(WireMessage.LaneFence fence)
    {
        lock (_lock)
        {
            if (_connection is not { IsConnected: true, IsOpen: false } connection || connection.Number != fence.Connection)
            {
                return;
            }

            connection.IsOpen = true;
        }

        context.Log.Info("Raft messages to {0} go by a connection of their own.", address);
        Flush();
    }

    /// <summary>
    /// Takes a message, to be sent by the next <see cref="Flush"/>, or drops it if too many bytes wait. False: the caller must send it by
    /// Akka, and then call <see cref="EndDetour"/>.
    /// </summary>
    public bool TryWrite(IActorRef to, WireMessage message, IActorRef from)
    {
        lock (_lock)
        {
            if (_connection is { IsConnected: true, Frames: var frames })
            {
                if (frames.Length > context.Settings.QueueSizeMaxBytes)
                {
                    context.Metrics.OnDropped();
                    return true;
                }

                if (frames.TryWrite(to, message, from))
                {
                    return true;
                }
            }

            _detours++;
            return false;
        }
    }

    /// <summary>A message that <see cref="TryWrite"/> refused was sent by Akka.</summary>
    public void EndDetour()
    {
        lock (_lock)
        {
            _detours--;
            AskForFence();
        }
    }

    /// <summary>Sends the messages, as far as the socket takes them without waiting. A task sends the rest.</summary>
    public void Flush()
    {
        Connection? connection;
        ArraySegment<byte> bytes;
        lock (_lock)
        {
            connection = _connection;
            if (connection is not { IsOpen: true } || !connection.TryBeginSending(out bytes))
            {
                return;
            }
        }

        for (var round = 1; connection.TrySendNow(ref bytes); round++)
        {
            var isFull = bytes.Count > 0;
            if (!isFull && !TryContinue(connection, out bytes))
            {
                return;
            }

            if (isFull || round == MaxRounds)
            {
                var rest = bytes;
                _ = Task.Run(() => SendAsync(connection, rest));
                return;
            }
        }

        End(connection);
    }

    private async Task SendAsync(Connection connection, ArraySegment<byte> bytes)
    {
        try
        {
            do
            {
                await connection.SendAsync(bytes);
            }
            while (TryContinue(connection, out bytes));
        }
        catch (Exception e)
        {
            // A connection whose sending has stopped would hold its messages for ever.
            LogUnlessLost(e);
            End(connection);
        }
    }

    private bool TryContinue(Connection connection, out ArraySegment<byte> bytes)
    {
        lock (_lock)
        {
            return connection.TryContinueSending(out bytes);
        }
    }

    private async Task ConnectAsync(Connection connection)
    {
        try
        {
            using var timeout = new CancellationTokenSource(ConnectTimeout);
            await connection.ConnectAsync(address.Host!, timeout.Token); // Justification: an address of another node has a host.
            lock (_lock)
            {
                if (connection != _connection)
                {
                    return;
                }

                connection.IsConnected = true;
                _pause = default;
                context.Metrics.OnConnected();
                AskForFence();
            }

            _ = OpenInTimeAsync(connection);
            await connection.WaitForEndAsync();
        }
        catch (Exception e)
        {
            LogUnlessLost(e);
            WarnOnce(connection, e.Message);
        }

        End(connection);
    }

    // The registry sends a fence.
    private void AskForFence()
    {
        if (_detours == 0 && _connection is { IsConnected: true, IsFenced: false } connection)
        {
            connection.IsFenced = true;
            context.Registry.Tell(new LaneNews.Connected(address, connection.Endpoint.Node, connection.Number), ActorRefs.NoSender);
        }
    }

    // Asks again for a fence that did not come back, and in the end opens without it. Raft takes a message that was overtaken then.
    private async Task OpenInTimeAsync(Connection connection)
    {
        for (var fences = 1; fences <= MaxFences; fences++)
        {
            await Task.Delay(FencePause);
            lock (_lock)
            {
                if (connection != _connection || connection.IsOpen)
                {
                    return;
                }

                connection.IsFenced = false;
                AskForFence();
            }
        }

        Open(new WireMessage.LaneFence(connection.Endpoint.Node, connection.Number, IsReply: true));
    }

    private void LogUnlessLost(Exception e)
    {
        if (e is not (SocketException or OperationCanceledException or InvalidDataException or ObjectDisposedException))
        {
            context.Log.Error(e, "The raft connection to {0} failed", address);
        }
    }

    // A firewall that lets only the port of the remoting pass is reported once, not at each attempt.
    private void WarnOnce(Connection connection, string why)
    {
        lock (_lock)
        {
            if (connection != _connection || connection.IsConnected || _warned == connection.Endpoint)
            {
                return;
            }

            _warned = connection.Endpoint;
        }

        context.Log.Warning(
            "Raft messages to {0} go by Akka.Remote, because its port {1} for raft (raft.transport-tcp.port) cannot be reached: {2}",
            address,
            connection.Endpoint.Port,
            why);
    }

    private void End(Connection connection)
    {
        lock (_lock)
        {
            if (connection == _connection)
            {
                if (connection.IsConnected)
                {
                    context.Log.Info("Raft messages to {0} go by Akka.Remote, because their connection has ended.", address);
                    context.Registry.Tell(new LaneNews.Disconnected(address), ActorRefs.NoSender);
                }
                else
                {
                    _ = TellFailedAsync();
                }

                EndNow();
            }
        }

        connection.Dispose();
    }

    private async Task TellFailedAsync()
    {
        var pause = _pause;
        _pause = pause == default ? FirstPause : pause < LongestPause / 2 ? 2 * pause : LongestPause;
        await Task.Delay(pause);
        context.Registry.Tell(new LaneNews.Failed(address), ActorRefs.NoSender);
    }

    private void EndNow()
    {
        if (_connection is { IsConnected: true })
        {
            context.Metrics.OnDisconnected();
        }

        _connection?.Dispose();
        _connection = null;
    }

    /// <summary>One connection. Its owner's lock guards all but the sending.</summary>
    private sealed class Connection(WireMessage.LaneAt endpoint, long number, LaneContext context) : IDisposable
    {
        private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        private byte[] _spare = [];
        private bool _isSending;

        public WireMessage.LaneAt Endpoint => endpoint;

        public long Number => number;

        /// <summary>The handshake is complete, so the connection takes messages.</summary>
        public bool IsConnected { get; set; }

        /// <summary>The fence came back, so the connection sends them.</summary>
        public bool IsOpen { get; set; }

        /// <summary>The registry was asked for a fence.</summary>
        public bool IsFenced { get; set; }

        public FrameWriter Frames { get; } = new(context.Own, context.Settings.FrameSizeMaxBytes);

        public async Task ConnectAsync(string host, CancellationToken cancellation)
        {
            await _socket.ConnectAsync(host, endpoint.Port, cancellation);
            var greeting = new LaneHandshake(context.Own.ToString(), context.Node, endpoint.Node).ToBytes();
            for (var sent = 0; sent < greeting.Length;)
            {
                sent += await _socket.SendAsync(greeting.AsMemory(sent), cancellation);
            }

            var answer = new byte[LaneHandshake.AnswerSize];
            for (var read = 0; read < answer.Length;)
            {
                var count = await _socket.ReceiveAsync(answer.AsMemory(read), cancellation);
                read += count > 0 ? count : throw new InvalidDataException("the other node closed it before the handshake was complete");
            }

            if (LaneHandshake.ReadAnswer(answer) != endpoint.Node)
            {
                throw new InvalidDataException("another actor system has this port now");
            }

            LaneSocket.KeepAlive(_socket);
            LaneSocket.EndWithoutAnswer(_socket);
            _socket.Blocking = false;
        }

        /// <summary>Returns when the other side has closed the connection, which is the only thing that it may do.</summary>
        public async Task WaitForEndAsync() => await _socket.ReceiveAsync(new byte[1]);

        public bool TryBeginSending(out ArraySegment<byte> bytes)
        {
            bytes = default;
            if (_isSending || Frames.Length == 0)
            {
                return false;
            }

            _isSending = true;
            bytes = Frames.Take(_spare);
            return true;
        }

        /// <summary>The latest bytes are sent. False: there are no others now.</summary>
        public bool TryContinueSending(out ArraySegment<byte> bytes)
        {
            _isSending = false;
            return TryBeginSending(out bytes);
        }

        /// <summary>Sends without waiting; what the socket did not take is left. False: the connection has ended.</summary>
        public bool TrySendNow(ref ArraySegment<byte> bytes)
        {
            try
            {
                var (all, sent) = (bytes, _socket.Send(bytes, SocketFlags.None, out var error));
                if (error is not (SocketError.Success or SocketError.WouldBlock))
                {
                    return false;
                }

                OnSent(all, sent, ref bytes);
                return true;
            }
            catch (ObjectDisposedException)
            {
                return false;
            }
        }

        public async Task SendAsync(ArraySegment<byte> bytes)
        {
            while (bytes.Count > 0)
            {
                var sent = await _socket.SendAsync(bytes, SocketFlags.None);
                OnSent(bytes, sent, ref bytes);
            }
        }

        public void Dispose() => _socket.Dispose();

        // The buffer of sent bytes is the next one to write to.
        private void OnSent(ArraySegment<byte> all, int sent, ref ArraySegment<byte> rest)
        {
            context.Metrics.OnSent(sent);
            rest = all[sent..];
            if (rest.Count == 0)
            {
                _spare = all.Array!; // Justification: frames were written to it.
            }
        }
    }
}
