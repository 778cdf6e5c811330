using Akka.Actor;
using Akka.Event;

using RaftActors.Core.Codec;
using RaftActors.Settings;
using RaftActors.Wire;

namespace RaftActors.Network;

/// <summary>
/// The route for messages of raft to one other node: a connection that this node opens when there is a message. A message that cannot be
/// sent is lost, as by a broken network. When the credentials have changed, this node opens the next connection, and the former one ends
/// when it is drained. Thread-safe.
/// </summary>
internal sealed class NodeConnection(Address address, NetworkContext context)
    : OutboundConnection<FrameWriter>(
        address, context, ConnectionKind.Node, () => new(context.Own, context.Settings.FrameSizeMaxBytes)), IForgettableConnection
{
    private static readonly TimeSpan RenewalPause = TimeSpan.FromSeconds(5);

    private readonly TimeProvider _clock = Machine.Current.Time;

    // The second connection of a rotation. New: the next one, with changed credentials. Open: the former one, which the other node still
    // reads.
    private OutboundSocket<FrameWriter>? _other;
    private long _losses;
    private bool _isMet;
    private bool _renewsLater;
    private volatile bool _hasDeparted;

    /// <summary>This node has connected, the other side has proved to be that node, and it has not left the groups of this one.</summary>
    public bool IsVerified
    {
        get
        {
            lock (Gate)
            {
                return !_hasDeparted && Socket is { IsVerified: true };
            }
        }
    }

    /// <summary>
    /// Notes that the node has left the groups of this one, or that a group names it again. A departed node stays one even if an answer to
    /// it makes a new connection to it. A full table of connections forgets it with its connection.
    /// </summary>
    public void SetDeparted(bool hasDeparted) => _hasDeparted = hasDeparted;

    /// <summary>
    /// Ends the pause between attempts, because the other node has connected to this one, so it runs and would accept this one.
    /// </summary>
    public void OnMet()
    {
        lock (Gate)
        {
            _isMet = Socket is not { IsConnected: true };
            Pause.Reset();
        }
    }

    /// <summary>Connects without a message, unless there is a connection or a pause.</summary>
    public void Connect()
    {
        lock (Gate)
        {
            TryBegin();
        }
    }

    /// <summary>
    /// Tells the other node of a change of the processes of this one. Without a connection it does nothing, because the next one begins
    /// with the list.
    /// </summary>
    public void Tell(WireMessage.Presence change)
    {
        lock (Gate)
        {
            // The list of a new connection may lack the change or have it, which makes no difference. A full connection takes it too,
            // because the other node would never learn of a lost one.
            foreach (var socket in (ReadOnlySpan<OutboundSocket<FrameWriter>?>)[Socket, IsDraining ? null : _other])
            {
                if (socket?.Frames.TryWrite(Registry, change, Context.Registry) == false)
                {
                    Context.OnUnwritten(change, Address);
                }
            }
        }

        Flush();
    }

    /// <summary>
    /// Opens the next connection if the credentials have changed. If that fails, the present one stays while its proof is accepted.
    /// </summary>
    public void Renew()
    {
        lock (Gate)
        {
            if (Socket is { IsConnected: true, IsOutdated: true })
            {
                // The next connection of a rotation that is under way must not be replaced, because the other node may already count it.
                // The end of the rotation comes here again.
                _other ??= NewSocket();
            }
        }
    }

    /// <summary>Ends the connection. The next message makes another one.</summary>
    public void Forget()
    {
        lock (Gate)
        {
            EndNow();
        }
    }

    /// <summary>Ends the connection for good.</summary>
    public void Dispose()
    {
        lock (Gate)
        {
            HasEnded = true;
            EndNow();
        }
    }

    public byte Level
    {
        get
        {
            lock (Gate)
            {
                return Socket?.Frames.Level ?? FormatRange.Own.Lowest;
            }
        }
    }

    public bool TakesMessages
    {
        get
        {
            lock (Gate)
            {
                return TryBegin() is { } socket && !IsFull(socket);
            }
        }
    }

    public long Losses => Volatile.Read(ref _losses);

    public IConnection Current => HasEnded ? Context.ConnectionTo(Address) ?? this : this;

    public bool TryRetire()
    {
        lock (Gate)
        {
            return HasEnded |= Socket is null;
        }
    }

    public void Write(IActorRef to, WireMessage message, IActorRef from)
    {
        lock (Gate)
        {
            if (TryBegin() is not { } socket || IsFull(socket))
            {
                Context.Metrics.OnDropped();
            }
            else if (!socket.Frames.TryWrite(to, message, from) && socket.IsConnected)
            {
                // Before the handshake, nothing is known of the program on that node.
                Context.OnUnwritten(message, Address);
            }
        }
    }

    // The messages of the present connection follow those that the former one still sends.
    protected override OutboundSocket<FrameWriter>? Sending => IsDraining ? null : base.Sending;

    protected override bool TryTake(OutboundSocket<FrameWriter> socket)
    {
        OutboundSocket<FrameWriter>? former = null;
        lock (Gate)
        {
            if (socket == _other)
            {
                (former, Socket, _other) = (Socket, socket, Socket);
            }
            else if (socket != Socket)
            {
                return false;
            }

            Begin();
            _isMet = false;
            if (former is null)
            {
                Context.Registry.Tell(new ConnectionNews.Opened(Address), ActorRefs.NoSender);
                LogOpened("Raft messages");
            }
        }

        former?.Sender.Finish();

        // The credentials may have changed since the handshake.
        Renew();
        return true;
    }

    protected override ReadOnlyMemory<byte> FirstFrames(byte level)
    {
        FrameWriter frames = new(Context.Own, Context.Settings.FrameSizeMaxBytes) { Level = level };
        foreach (var part in Context.Processes.ToParts(Context.Settings.FrameSizeMaxBytes))
        {
            if (frames.TryWrite(Registry, part, Context.Registry))
            {
                continue;
            }

            // A process whose name fits into no frame must not keep the others out of reach, so the list has an end without it.
            Context.OnUnwritten(part, Address);
            if (part.IsComplete)
            {
                frames.TryWrite(Registry, part with { Running = [] }, Context.Registry);
            }
        }

        return frames.Take([]);
    }

    protected override Task ReadAsync(OutboundSocket<FrameWriter> socket) => socket.WaitForEndAsync();

    protected override void End(OutboundSocket<FrameWriter> socket, string why, bool isByPeer)
    {
        var (isNext, isDrained) = (false, false);
        lock (Gate)
        {
            if (socket == _other && (!socket.IsConnected || socket.IsDrained))
            {
                (isNext, isDrained, _other) = (!socket.IsConnected, socket.IsConnected, null);
            }
            else if (socket == Socket || socket == _other)
            {
                // A former connection that is lost takes the present one with it. Otherwise what waits there would follow what was lost.
                if (socket.IsConnected)
                {
                    Context.Log.Info("The raft connection to {0} has ended.", Address);
                }
                else
                {
                    OnFailed(why, isByPeer);
                }

                EndNow();
            }
        }

        socket.Dispose();
        if (isDrained)
        {
            Context.Log.Info("Raft messages to {0} go by a connection with the changed credentials.", Address);
            Flush();
            Renew();
        }
        else if (isNext)
        {
            // A failure costs nothing yet, because the present connection goes on. The other node may not know the new credentials.
            LogFailed(why.TrimEnd('.'), " with the changed credentials", "", LogLevel.WarningLevel);
            Recheck();
            RenewLater();
        }
    }

    private bool IsDraining => _other is { IsConnected: true };

    private IActorRef Registry =>
        field ??= new ConnectionRef(ActorPath.Parse($"{Address}{InboundNodeConnection.RegistryPath}"), this, Context);

    private bool IsFull(OutboundSocket<FrameWriter> socket) => socket.Frames.Length > Context.Settings.QueueSizeMaxBytes;

    // One attempt is enough, however often the credentials change meanwhile.
    private void RenewLater()
    {
        lock (Gate)
        {
            if (_renewsLater)
            {
                return;
            }

            _renewsLater = true;
        }

        _ = RenewLaterAsync();
    }

    private async Task RenewLaterAsync()
    {
        await Task.Delay(RenewalPause, _clock);
        lock (Gate)
        {
            _renewsLater = false;
        }

        Renew();
    }

    // A node that does not run needs no warning here, because the registry reports it. But a node that has connected to this one does run.
    private void OnFailed(string why, bool isByPeer)
    {
        var isBlocked = !isByPeer && _isMet;
        Pause.Grow();
        Context.Registry.Tell(new ConnectionNews.Refused(Address, why, isByPeer), ActorRefs.NoSender);
        var remedy = isBlocked
            ? $" The node runs: let port {Address.Port + Context.Settings.PortOffset} pass firewalls and address translations, and set "
                + "raft.transport-tcp.port-offset alike on all nodes."
            : "";
        LogFailed(
            $"{why.TrimEnd('.')}{(isBlocked ? " (and it has connected to this node)" : "")}",
            "",
            remedy,
            isByPeer || isBlocked ? LogLevel.WarningLevel : LogLevel.InfoLevel);
    }

    private void EndNow()
    {
        if (Socket is { IsConnected: true })
        {
            Context.Metrics.OnDisconnected();
            Context.Registry.Tell(new ConnectionNews.Disconnected(Address), ActorRefs.NoSender);
        }

        Volatile.Write(ref _losses, _losses + (Socket is null ? 0 : 1));
        Socket?.Dispose();
        _other?.Dispose();
        (Socket, _other) = (null, null);
    }
}
