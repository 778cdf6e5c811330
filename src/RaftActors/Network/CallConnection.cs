using Akka.Actor;
using Akka.Event;

using RaftActors.Settings;
using RaftActors.Wire;

namespace RaftActors.Network;

/// <summary>
/// The connection of the clients of this node to one other node. No node connects to a client: the replies come by this connection, and a
/// number says to which call each belongs. It connects when there is a call. Thread-safe.
/// </summary>
internal sealed class CallConnection(Address address, NetworkContext context, Action<object> publish) : ICallLink, IThreadPoolWorkItem
{
    // So few open calls are sent at once. With more, the callers that run now add theirs, and all are sent together.
    private const int FewCalls = 2;

    private readonly Lock _lock = new();
    private readonly OpenCalls _open = new();
    private readonly GrowingPause _pause = new(Machine.Current.Time);
    private OutboundSocket<CallFrames>? _socket;
    private bool _isFlushing;
    private bool _isDisposed;
    private string? _problem;

    /// <inheritdoc/>
    public string? Problem => Volatile.Read(ref _problem);

    /// <inheritdoc/>
    public bool Send(CallTarget target, ClientCall call, ICaller caller)
    {
        var (isAlone, isOneOfMany) = (false, false);
        lock (_lock)
        {
            if (TryBegin() is not { } socket || socket.Frames.Length > context.Settings.QueueSizeMaxBytes)
            {
                context.Metrics.OnDropped();
                return false;
            }

            if (!socket.Frames.TryWrite(_open.NumberOf(caller), target, call))
            {
                _open.Remove(caller);
                context.OnUnwritten(call, address);
                return true;
            }

            if (socket.IsConnected && !_isFlushing)
            {
                isAlone = _open.Count <= FewCalls;
                isOneOfMany = _isFlushing = !isAlone;
            }
        }

        if (isAlone)
        {
            Flush();
        }
        else if (isOneOfMany)
        {
            Machine.Current.Queue(this);
        }

        return true;
    }

    /// <inheritdoc/>
    public void Forget(ICaller caller) => _open.Remove(caller);

    /// <summary>Sends the calls that were written meanwhile.</summary>
    public void Execute()
    {
        lock (_lock)
        {
            _isFlushing = false;
        }

        Flush();
    }

    /// <summary>Ends a connection that the changed credentials would not allow.</summary>
    public void Recheck()
    {
        OutboundSocket<CallFrames>? refused;
        lock (_lock)
        {
            refused = _socket is { IsConnected: true, IsStillAccepted: false } socket ? socket : null;
        }

        if (refused is not null)
        {
            context.Log.Warning("Closed the raft connection to {0}: its credentials are no longer accepted.", address);
            End(refused, "its credentials are no longer accepted", isByPeer: true);
        }
    }

    /// <summary>Ends the connection for good.</summary>
    public void Dispose()
    {
        OutboundSocket<CallFrames>? socket;
        lock (_lock)
        {
            _isDisposed = true;
            socket = _socket;
        }

        if (socket is not null)
        {
            End(socket, "this program has closed it", isByPeer: false);
        }
    }

    // Null while it is not time for another attempt.
    private OutboundSocket<CallFrames>? TryBegin()
    {
        if (_socket is not null)
        {
            return _socket;
        }

        if (_isDisposed || !_pause.IsOver)
        {
            return null;
        }

        CallFrames frames = new(context.Settings.FrameSizeMaxBytes, context.Outcomes);
        _socket = new OutboundSocket<CallFrames>(ConnectionKind.Client, frames, context, _lock, OnLost);
        _ = RunAsync(_socket);
        return _socket;
    }

    private void Flush()
    {
        FrameSender? sender;
        lock (_lock)
        {
            sender = _socket is { IsConnected: true } socket ? socket.Sender : null;
        }

        sender?.Flush();
    }

    private async Task RunAsync(OutboundSocket<CallFrames> socket)
    {
        // Runs on another thread than the caller's, because a name may have to be looked up.
        await Task.Yield();
        try
        {
            await socket.ConnectAsync(address);
            lock (_lock)
            {
                if (socket != _socket)
                {
                    return;
                }

                socket.Begin();
                _pause.Reset();
                Volatile.Write(ref _problem, null);
            }

            context.Metrics.OnConnected();
            context.Log.Info(
                $"Calls of clients to {{0}} go by {(context.Credentials is null ? "a" : "an encrypted")} connection.", address);
            publish(new ConnectionNews.Opened(address));
            socket.Sender.Flush();
            await ReadRepliesAsync(socket);
            End(socket, "it has ended", isByPeer: false);
        }
        catch (Exception e)
        {
            OnLost(socket, e);
        }
    }

    private async Task ReadRepliesAsync(OutboundSocket<CallFrames> socket)
    {
        var block = new ReceiveBlock(context.Settings.FrameSizeMaxBytes, beginsSmall: true);
        while (await socket.Channel.ReceiveAsync(block.Room()).ConfigureAwait(false) is var count and > 0)
        {
            context.Metrics.OnReceived(count);
            block.Add(count);
            while (block.TryTake(out var bytes))
            {
                if (_open.Return(bytes, context.Outcomes))
                {
                    block.Keep();
                }
            }
        }
    }

    private void OnLost(OutboundSocket<CallFrames> socket, Exception? cause)
    {
        if (!ConnectionFailure.IsExpected(cause))
        {
            context.Log.Error(cause, "The raft connection to {0} failed", address);
        }

        End(socket, ConnectionFailure.WhyOf(cause), ConnectionFailure.IsByPeer(cause));
    }

    private void End(OutboundSocket<CallFrames> socket, string why, bool isByPeer)
    {
        ICaller[] lost;
        bool wasConnected;
        lock (_lock)
        {
            if (socket != _socket)
            {
                return;
            }

            wasConnected = socket.IsConnected;
            (_socket, _isFlushing) = (null, false);
            lost = _open.TakeAll();
            if (!wasConnected)
            {
                _pause.Grow();
            }
        }

        socket.Dispose();
        if (wasConnected)
        {
            context.Metrics.OnDisconnected();
            context.Log.Info("The raft connection to {0} has ended.", address);
        }
        else
        {
            OnFailed(why, isByPeer);
        }

        OpenCalls.TellLost(lost, address, wereSent: wasConnected);
    }

    // Attempts fail for the same reason again and again, so only the first failure is logged.
    private void OnFailed(string why, bool isByPeer)
    {
        var problem = $"{address.Host}:{address.Port + context.Settings.PortOffset}: {why.TrimEnd('.')}";
        if (_problem != problem)
        {
            Volatile.Write(ref _problem, problem);
            var remedy = isByPeer ? "" : " Check that the node runs, and that this machine reaches its port.";
            var line = $"Cannot connect to raft on {address}: {why.TrimEnd('.')}.{remedy}";
            context.Log.Log(isByPeer ? LogLevel.WarningLevel : LogLevel.InfoLevel, null, line);
        }

        publish(new ConnectionNews.Refused(address, why, isByPeer));
    }
}
