using Akka.Actor;
using Akka.Event;

using RaftActors.Settings;
using RaftActors.Wire;

namespace RaftActors.Network;

/// <summary>
/// The connection of the clients of this node to one other node. No node connects to a client: the replies come by this connection, and a
/// number says to which call each belongs. It connects when there is a call. Thread-safe.
/// </summary>
internal sealed class CallConnection(Address address, NetworkContext context, Action<object> publish)
    : OutboundConnection<CallFrames>(
        address, context, ConnectionKind.Client, () => new(context.Settings.FrameSizeMaxBytes, context.Outcomes)),
    ICallLink, IThreadPoolWorkItem
{
    // So few open calls are sent at once. With more, the callers that run now add theirs, and all are sent together.
    private const int FewCalls = 2;

    private readonly OpenCalls _open = new();
    private bool _isFlushing;

    // The ended connections whose callers are not all told yet.
    private int _ending;

    public CallSending Send(CallTarget target, ClientCall call, ICaller caller)
    {
        var (isAlone, isOneOfMany) = (false, false);
        lock (Gate)
        {
            // Otherwise this call would overtake the lost ones by the next connection, because their callers could not hold it back yet.
            if (_ending > 0 && !HasEnded)
            {
                return CallSending.Full;
            }

            var socket = TryBegin();
            if (socket is null || socket.Frames.Length > Context.Settings.QueueSizeMaxBytes)
            {
                Context.Metrics.OnDropped();
                return socket is null ? CallSending.Unreachable : CallSending.Full;
            }

            if (!socket.Frames.TryWrite(_open.NumberOf(caller), target, call))
            {
                _open.Remove(caller);
                Context.EndUnwritten(call, Address, caller);
                return CallSending.Sent;
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

        return CallSending.Sent;
    }

    public void Forget(ICaller caller) => _open.Remove(caller);

    /// <summary>Sends the calls that were written meanwhile.</summary>
    public void Execute()
    {
        lock (Gate)
        {
            _isFlushing = false;
        }

        Flush();
    }

    /// <summary>Ends the connection for good.</summary>
    public void Dispose()
    {
        OutboundSocket<CallFrames>? socket;
        lock (Gate)
        {
            HasEnded = true;
            socket = Socket;
        }

        if (socket is not null)
        {
            End(socket, "this program has closed it", isByPeer: false);
        }
    }

    protected override bool TryTake(OutboundSocket<CallFrames> socket)
    {
        lock (Gate)
        {
            if (socket != Socket)
            {
                return false;
            }

            Begin();
        }

        LogOpened("Calls of clients");
        publish(new ConnectionNews.Opened(Address));
        return true;
    }

    // The replies.
    protected override async Task ReadAsync(OutboundSocket<CallFrames> socket)
    {
        var block = new ReceiveBlock(Context.Settings.FrameSizeMaxBytes, beginsSmall: true);
        while (await socket.Channel.ReceiveAsync(block.Room()).ConfigureAwait(false) is var count and > 0)
        {
            Context.Metrics.OnReceived(count);
            block.Add(count);
            while (block.TryTake(out var bytes))
            {
                if (_open.Return(bytes, Context.Outcomes))
                {
                    block.Keep();
                }
            }
        }
    }

    protected override void End(OutboundSocket<CallFrames> socket, string why, bool isByPeer)
    {
        ICaller[] lost;
        bool wasConnected;
        lock (Gate)
        {
            if (socket != Socket)
            {
                return;
            }

            wasConnected = socket.IsConnected;
            (Socket, _isFlushing) = (null, false);
            lost = _open.TakeAll();
            _ending++;
            if (!wasConnected)
            {
                Pause.Grow();
            }
        }

        socket.Dispose();
        if (wasConnected)
        {
            Context.Metrics.OnDisconnected();
            Context.Log.Info("The raft connection to {0} has ended.", Address);
        }
        else
        {
            var remedy = isByPeer ? "" : " Check that the node runs, and that this machine reaches its port.";
            LogFailed(why.TrimEnd('.'), "", remedy, isByPeer ? LogLevel.WarningLevel : LogLevel.InfoLevel);
            publish(new ConnectionNews.Refused(Address, why, isByPeer));
        }

        OpenCalls.Tell(lost, new ClientReply.Lost(Address, WasSent: wasConnected), OnAllTold);
    }

    private void OnAllTold()
    {
        lock (Gate)
        {
            _ending--;
        }
    }
}
