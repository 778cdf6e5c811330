using Akka.Actor;
using Akka.Event;

using RaftActors.Core.Codec;
using RaftActors.Settings;
using RaftActors.Wire;

namespace RaftActors.Network;

/// <summary>
/// The route for messages of raft to one other node: a connection that this node opens when there is a message. A message that cannot be
/// sent is lost, as by a broken network. Thread-safe.
/// </summary>
internal sealed class NodeConnection(Address address, NetworkContext context)
    : OutboundConnection<FrameWriter>(
        address, context, ConnectionKind.Node, () => NewFrames(context)), IForgettableConnection
{
    private static readonly TimeSpan RenewalPause = TimeSpan.FromSeconds(5);

    // Connects with changed credentials, while the present connection still sends.
    private OutboundSocket<FrameWriter>? _next;

    // Still sends what was written before the present connection took over.
    private OutboundSocket<FrameWriter>? _former;
    private long _losses;
    private bool _isMet;
    private bool _hasConnected;
    private string? _renewalProblem;
    private bool _hasDeparted;

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
    public void SetDeparted(bool hasDeparted)
    {
        lock (Gate)
        {
            _hasDeparted = hasDeparted;
        }
    }

    /// <summary>
    /// Ends the pause between attempts, because the other node has connected to this one, so it runs and would accept this one.
    /// </summary>
    public void OnMet()
    {
        lock (Gate)
        {
            _isMet = true;
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
            // The list of a socket that connects may lack the change or have it, which makes no difference. A full connection takes it
            // too, because the other node would never learn of a lost one.
            foreach (var socket in (ReadOnlySpan<OutboundSocket<FrameWriter>?>)[Socket, _next])
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
    /// Connects with changed credentials, and only then ends the present connection. If the new one fails, the present one stays while its
    /// proof is accepted.
    /// </summary>
    public void Renew()
    {
        lock (Gate)
        {
            if (Socket is { IsConnected: true, IsOutdated: true })
            {
                // A renewal that is under way must not be replaced: the other node may already use its connection in place of the present
                // one. If it is outdated itself, it is renewed after its handshake.
                _next ??= NewSocket();
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

    protected override bool TryTake(OutboundSocket<FrameWriter> socket)
    {
        OutboundSocket<FrameWriter>? former = null;
        lock (Gate)
        {
            if (socket == _next)
            {
                _former?.Dispose();
                (_former, Socket, _next) = (Socket, socket, null);
                former = _former;
            }

            if (socket != Socket)
            {
                return false;
            }

            Begin();
            _hasConnected = true;
            if (former is null)
            {
                Context.Registry.Tell(new ConnectionNews.Opened(Address), ActorRefs.NoSender);
            }
        }

        if (former is not null)
        {
            former.Sender.Finish();
            Volatile.Write(ref _renewalProblem, null);
            Context.Log.Info("Raft messages to {0} go by a connection with the changed credentials.", Address);
        }
        else
        {
            LogOpened("Raft messages");
        }

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
        bool isNext;
        lock (Gate)
        {
            _former = socket == _former ? null : _former;
            isNext = socket == _next;
            _next = isNext ? null : _next;
            if (socket == Socket)
            {
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
        if (isNext)
        {
            OnRenewalFailed(why.TrimEnd('.'));
        }
    }

    private IActorRef Registry =>
        field ??= new ConnectionRef(new RootActorPath(Address) / "system" / "raft", this, Context);

    // Both sides know none of the actors that the first frames name.
    private static FrameWriter NewFrames(NetworkContext context)
    {
        FrameWriter frames = new(context.Own, context.Settings.FrameSizeMaxBytes);
        frames.Forget();
        return frames;
    }

    private bool IsFull(OutboundSocket<FrameWriter> socket) => socket.Frames.Length > Context.Settings.QueueSizeMaxBytes;

    // The failure is no problem yet, because the other node may not know the new credentials.
    private void OnRenewalFailed(string why)
    {
        if (Interlocked.Exchange(ref _renewalProblem, why) != why)
        {
            Context.Log.Warning("Cannot connect to raft on {0} with the changed credentials: {1}.", Address, why);
        }

        Recheck();
        _ = RenewLaterAsync();
    }

    private async Task RenewLaterAsync()
    {
        await Task.Delay(RenewalPause, Machine.Current.Time);
        Renew();
    }

    // A node that does not run needs no warning here, because the registry reports it. But a node that has connected to this one does run.
    private void OnFailed(string why, bool isByPeer)
    {
        var isBlocked = !isByPeer && _isMet && !_hasConnected;
        Pause.Grow();
        Context.Registry.Tell(new ConnectionNews.Refused(Address, why, isByPeer), ActorRefs.NoSender);
        var remedy = isBlocked
            ? $" The node runs: let port {Address.Port + Context.Settings.PortOffset} pass firewalls and address translations, and set "
                + "raft.transport-tcp.port-offset alike on all nodes."
            : "";
        LogFailed(
            $"{why.TrimEnd('.')}{(isBlocked ? " (and it has connected to this node)" : "")}",
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
        _next?.Dispose();
        _former?.Dispose();
        (Socket, _next, _former) = (null, null, null);
    }
}
