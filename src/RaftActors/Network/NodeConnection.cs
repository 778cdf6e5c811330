using Akka.Actor;
using Akka.Event;

using RaftActors.Core.Codec;
using RaftActors.Settings;
using RaftActors.Wire;

namespace RaftActors.Network;

/// <summary>
/// The route for messages of raft to one other node: one connection of this node's own. With <c>raft.security</c> it is encrypted, and both
/// sides have proved their identity. It connects when there is a message. A message that cannot be sent is lost, as by a broken network.
/// Thread-safe.
/// </summary>
internal sealed class NodeConnection(Address address, NetworkContext context) : IForgettableConnection
{
    private const int EarlyMax = 16;

    private static readonly TimeSpan RenewalPause = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly GrowingPause _pause = new(Machine.Current.Time);

    // Messages that the lowest level cannot express, while the level of the connection is not known. Requests of operators, so few.
    private readonly Queue<(IActorRef To, WireMessage Message, IActorRef From)> _early = [];

    private OutboundSocket<FrameWriter>? _socket;

    // Connects with changed credentials, while the present connection goes on.
    private OutboundSocket<FrameWriter>? _next;

    // Sends what was written before the present connection took over.
    private OutboundSocket<FrameWriter>? _former;
    private bool _hasLostActor;
    private bool _hasLost;

    // An announcement of an actor waits for the handshake.
    private bool _hasEarlyActor;
    private bool _isMet;
    private bool _hasConnected;
    private volatile bool _isRetired;
    private string? _problem;
    private string? _renewalProblem;

    /// <summary>Why there is no connection; null: there is one, or none was tried.</summary>
    public string? Problem => Volatile.Read(ref _problem);

    /// <summary>This node has connected, and the other side has proved that it is the node.</summary>
    public bool IsVerified
    {
        get
        {
            lock (_lock)
            {
                return _socket is { IsVerified: true };
            }
        }
    }

    /// <summary>
    /// The other node has connected to this one, so it runs, and would let this one in. The next message begins a connection without a
    /// pause.
    /// </summary>
    public void OnMet()
    {
        lock (_lock)
        {
            _isMet = true;
            _pause.Reset();
        }
    }

    /// <summary>Connects now, without a message. The registry is told the outcome, also if there is a connection.</summary>
    public void Connect()
    {
        lock (_lock)
        {
            if (_socket is { IsConnected: true })
            {
                context.Registry.Tell(new ConnectionNews.Opened(address), ActorRefs.NoSender);
            }

            _pause.Reset();
            BeginIfTime();
        }
    }

    /// <summary>
    /// The credentials have changed: connects with them, and only then ends the present connection. If that fails, the present one stays as
    /// long as its proof is accepted.
    /// </summary>
    public void Renew()
    {
        lock (_lock)
        {
            if (_socket is not { IsConnected: true, IsOutdated: true } present)
            {
                return;
            }

            if (_next is null)
            {
                // Otherwise the other node may have put it in place of the present one. If it is outdated, it is renewed itself.
                _next = NewSocket();
                _ = ConnectAsync(_next);
            }
        }
    }

    /// <summary>Ends the connection. The next message makes another one.</summary>
    public void Forget()
    {
        lock (_lock)
        {
            EndNow();
        }
    }

    /// <inheritdoc/>
    public byte Level
    {
        get
        {
            lock (_lock)
            {
                return _socket?.Frames.Level ?? FormatRange.Own.Lowest;
            }
        }
    }

    /// <inheritdoc/>
    public IConnection Current => _isRetired ? context.ConnectionTo(address) ?? this : this;

    /// <inheritdoc/>
    public bool TryRetire()
    {
        lock (_lock)
        {
            return _isRetired |= _socket is null;
        }
    }

    /// <inheritdoc/>
    public void Write(IActorRef to, WireMessage message, IActorRef from)
    {
        lock (_lock)
        {
            BeginIfTime();
            if (_socket is null || _socket.Frames.Length > context.Settings.QueueSizeMaxBytes)
            {
                _hasLostActor |= message is WireMessage.ActorAt;
                _hasLost |= _socket is null;
                context.Metrics.OnDropped();
            }
            else if (_socket.Frames.TryWrite(to, message, from))
            {
                _hasEarlyActor |= message is WireMessage.ActorAt && !_socket.IsConnected;
            }
            else if (!_socket.IsConnected && _early.Count < EarlyMax)
            {
                _early.Enqueue((to, message, from));
            }
            else
            {
                // Before the handshake nothing is known of the program.
                context.OnUnwritten(message, address);
            }
        }
    }

    /// <summary>Whether an announcement of an actor was dropped since the last call. Its engine sends it once, so it must again.</summary>
    public bool TakeLostActor()
    {
        lock (_lock)
        {
            var hasLost = _hasLostActor;
            _hasLostActor = false;
            return hasLost;
        }
    }

    /// <inheritdoc/>
    public void Flush()
    {
        FrameSender? sender;
        lock (_lock)
        {
            sender = _socket is { IsConnected: true } socket ? socket.Sender : null;
        }

        sender?.Flush();
    }

    private OutboundSocket<FrameWriter> NewSocket() => new(
        ConnectionKind.Node, new FrameWriter(context.Own, context.Settings.FrameSizeMaxBytes), context, _lock, OnLost);

    private void BeginIfTime()
    {
        if (_socket is null && !_isRetired && _pause.IsOver)
        {
            _socket = NewSocket();
            _ = ConnectAsync(_socket);
        }
    }

    private async Task ConnectAsync(OutboundSocket<FrameWriter> socket)
    {
        // Not on the engine's thread: a name may have to be looked up.
        await Task.Yield();
        try
        {
            await socket.ConnectAsync(address);
            if (!TryTake(socket))
            {
                return;
            }

            // The credentials may have changed since the handshake.
            Renew();
            socket.Sender.Flush();
            await socket.WaitForEndAsync();
            End(socket, "it has ended", isRefused: false);
        }
        catch (Exception e)
        {
            OnLost(socket, e);
        }
    }

    // The connection takes messages from now on. False: it is no longer wanted.
    private bool TryTake(OutboundSocket<FrameWriter> socket)
    {
        OutboundSocket<FrameWriter>? former = null;
        bool hasLost;
        lock (_lock)
        {
            if (socket == _next)
            {
                _former?.Dispose();
                (_former, _socket, _next) = (_socket, socket, null);
                former = _former;
            }

            if (socket != _socket)
            {
                return false;
            }

            socket.Begin();
            while (_early.TryDequeue(out var early))
            {
                Write(early.To, early.Message, early.From);
            }

            (_hasConnected, _hasEarlyActor) = (true, false);
            _pause.Reset();
            Volatile.Write(ref _problem, null);
            (hasLost, _hasLost) = (_hasLost, false);
        }

        if (former is not null)
        {
            former.Sender.Finish();
            Volatile.Write(ref _renewalProblem, null);
            context.Log.Info("Raft messages to {0} go by a connection with the changed credentials.", address);
            return true;
        }

        context.Metrics.OnConnected();
        context.Log.Info($"Raft messages to {{0}} go by {(context.Credentials is null ? "a" : "an encrypted")} connection.", address);
        context.Registry.Tell(new ConnectionNews.Opened(address) { HasLost = hasLost }, ActorRefs.NoSender);
        return true;
    }

    private void EndIfRefused()
    {
        OutboundSocket<FrameWriter>? socket;
        lock (_lock)
        {
            socket = _socket is { IsConnected: true } ? _socket : null;
        }

        if (socket is { IsStillAccepted: false })
        {
            context.Log.Warning("Closed the raft connection to {0}: its credentials are no longer accepted.", address);
            End(socket, "its credentials are no longer accepted", isRefused: true);
        }
    }

    private void OnLost(OutboundSocket<FrameWriter> socket, Exception? cause)
    {
        if (!ConnectionFailure.IsExpected(cause))
        {
            context.Log.Error(cause, "The raft connection to {0} failed", address);
        }

        End(socket, ConnectionFailure.WhyOf(cause), isRefused: ConnectionFailure.IsByPeer(cause));
    }

    private void End(OutboundSocket<FrameWriter> socket, string why, bool isRefused)
    {
        bool isNext;
        lock (_lock)
        {
            _former = socket == _former ? null : _former;
            isNext = socket == _next;
            _next = isNext ? null : _next;
            if (socket == _socket)
            {
                if (socket.IsConnected)
                {
                    context.Log.Info("The raft connection to {0} has ended.", address);
                    context.Registry.Tell(new ConnectionNews.Disconnected(address), ActorRefs.NoSender);
                }
                else
                {
                    OnFailed(why, isRefused);
                }

                EndNow();
            }
        }

        socket.Dispose();
        if (isNext)
        {
            OnRenewalFailed(why.TrimEnd('.'));
        }
    }

    // The other node may not know the new credentials yet.
    private void OnRenewalFailed(string why)
    {
        if (Interlocked.Exchange(ref _renewalProblem, why) != why)
        {
            context.Log.Warning("Cannot connect to raft on {0} with the changed credentials: {1}.", address, why);
        }

        EndIfRefused();
        _ = RenewLaterAsync();
    }

    private async Task RenewLaterAsync()
    {
        await Task.Delay(RenewalPause);
        Renew();
    }

    // An attempt fails for the same reason again and again. Only the first one is worth a line. A node that is not running needs no
    // warning, because the registry tells of it. But a node that has connected to this one runs.
    private void OnFailed(string why, bool isRefused)
    {
        var isBlocked = !isRefused && _isMet && !_hasConnected;
        _pause.Grow();
        (_hasLost, _hasLostActor, _hasEarlyActor) = (true, _hasLostActor || _hasEarlyActor, false);
        context.Registry.Tell(new ConnectionNews.Refused(address, why, isRefused), ActorRefs.NoSender);
        var port = address.Port + context.Settings.PortOffset;
        var problem = $"{address.Host}:{port}: {why}{(isBlocked ? " (and it has connected to this node)" : "")}";
        if (_problem != problem)
        {
            Volatile.Write(ref _problem, problem);
            var remedy = isBlocked
                ? $" The node runs, because it has connected to this one: let port {port} pass firewalls and address translations, and set "
                    + "raft.transport-tcp.port-offset alike on all nodes."
                : "";
            var line = $"Cannot connect to raft on {address}: {why.TrimEnd('.')}.{remedy}";
            context.Log.Log(isRefused || isBlocked ? LogLevel.WarningLevel : LogLevel.InfoLevel, null, line);
        }
    }

    private void EndNow()
    {
        if (_socket is { IsConnected: true })
        {
            context.Metrics.OnDisconnected();
        }

        _early.Clear();
        _socket?.Dispose();
        _next?.Dispose();
        _former?.Dispose();
        (_socket, _next, _former) = (null, null, null);
    }
}
