using Akka.Event;

using RaftActors.Core.Codec;
using RaftActors.Security;
using RaftActors.Settings;
using RaftActors.Wire;

namespace RaftActors.Network;

/// <summary>
/// A connection that a client has opened. It reads calls, passes them to the processes of this node, and writes the replies. Clients share
/// the threads of the pool, and the calls of one read are announced together. If too many replies wait for all clients together, the
/// client that reads most slowly loses its connection. Replies may be written on any thread.
/// </summary>
internal sealed class InboundCallConnection : AcceptedConnection, IFlushable
{
    private readonly Lock _lock = new();
    private readonly CallFrames _frames;
    private readonly FrameSender _sender;
    private readonly PendingReplies.Place _place;
    private readonly ReceiveBlock _block;
    private readonly CallFormat.LatestTarget _latest = new();
    private readonly ConnectionRole _role;
    private ICallInbox? _announced;

    public InboundCallConnection(ByteChannel channel, NetworkContext context, HandshakeResult client)
        : base(channel, context, client)
    {
        _role = client.ClientRole!.Value; // Justification: a client has one.
        _block = new ReceiveBlock(context.Settings.FrameSizeMaxBytes, beginsSmall: true);
        _frames = new CallFrames(context.Settings.FrameSizeMaxBytes, context.Outcomes) { Level = client.Level };
        _sender = new FrameSender(_lock, channel, _frames, context.Metrics, _ => channel.Dispose());
        _place = new PendingReplies.Place(() => WaitingBytes, OnTooSlow);
    }

    /// <summary>The number of the connection on this node, or null before it runs.</summary>
    public long? Id { get; private set; }

    /// <summary>The bytes of the replies that wait.</summary>
    public int WaitingBytes => _sender.WaitingBytes;

    /// <summary>The size of the buffers that are kept when no replies wait.</summary>
    public int KeptBytes => _sender.KeptBytes;

    /// <summary>The calls of the client that wait for their processes.</summary>
    public CallWindow Calls { get; } = new(Machine.Current.Time);

    public override async Task RunToEndAsync()
    {
        Channel.Begin(keepsThread: false);
        Context.Replies.Enter(_place);
        Id = Context.Calls.Enter(this);
        try
        {
            while (await Channel.ReceiveAsync(_block.Room()).ConfigureAwait(false) is var count and > 0)
            {
                Context.Metrics.OnReceived(count);
                OnHeard();
                _block.Add(count);
                while (!ReadCalls())
                {
                    await Calls.WaitAsync().ConfigureAwait(false);
                }
            }
        }
        finally
        {
            Dispose();
        }
    }

    /// <summary>Closes the connection, and drops the replies that wait.</summary>
    public override void Dispose()
    {
        Context.Replies.Leave(_place);
        if (Id is { } id)
        {
            Context.Calls.Leave(id);
        }

        base.Dispose();
        lock (_lock)
        {
            _frames.Take([]);
        }
    }

    /// <summary>Writes the reply to a call. The turn that writes it sends it at its end.</summary>
    public void Write(long number, object reply)
    {
        bool isGrown;
        lock (_lock)
        {
            Context.Replies.OnWriting(_place, isFirst: _frames.Length == 0);
            if (IsClosed)
            {
                Context.Metrics.OnDropped();
                return;
            }

            if (!_frames.TryWrite(number, reply))
            {
                Context.OnUnwritten(reply, Peer);
                if (!_frames.TryWrite(number, OutcomeFormat.InPlaceOf(reply)))
                {
                    return;
                }
            }

            isGrown = Context.Replies.OnWritten(_place);
        }

        if (isGrown)
        {
            Context.Replies.MakeRoom();
        }

        SendTurn.OnWritten(this);
    }

    public void Flush() => _sender.Flush();

    // Returns false if too many calls wait for their processes. There may be more frames then.
    private bool ReadCalls()
    {
        try
        {
            while (!Calls.IsFull || Calls.IsOverdue)
            {
                if (!_block.TryTake(out var bytes))
                {
                    return true;
                }

                Take(bytes);
            }

            return false;
        }
        finally
        {
            _announced?.Announce();
            _announced = null;
        }
    }

    public bool MayOperate => Identity is null || _role >= ConnectionRole.Operator;

    private void Take(ReadOnlyMemory<byte> bytes)
    {
        // A call copies its values. Views would keep large blocks alive, which only full collections remove.
        ByteReader reader = new(bytes.Span);
        var (number, target, call) = CallFormat.ReadCall(ref reader, _latest);
        if (Identity is { } identity && CallTable.RoleFor(call) is var needed && _role < needed)
        {
            Refuse(number, call, identity, needed);
        }
        else if (Context.Calls.Find(target) is { } inbox)
        {
            if (_announced is { } other && other != inbox)
            {
                other.Announce();
            }

            _announced = inbox;
            RemoteCaller caller = new(this, number) { SizeBytes = bytes.Length };
            if ((!Calls.IsOverdue || IsPrompt(inbox)) && caller.TryWait(inbox.Untaken, Calls))
            {
                inbox.Add(call, caller);
            }
            else
            {
                Write(number, NodeCalls.WhyFull(target, call));
            }
        }
        else
        {
            Write(number, Context.Calls.WhyNone(target, call));
        }
    }

    // The calls that are overdue wait in other inboxes.
    private static bool IsPrompt(ICallInbox inbox) =>
        inbox.Untaken.Count < CallWindow.Max && inbox.Untaken.Bytes < CallWindow.SizeMaxBytes;

    private void Refuse(long number, ClientCall call, PeerIdentity identity, ConnectionRole needed)
    {
        var why = $"it has the role {NameOf(_role)}, and this call needs the role {NameOf(needed)}. Give it the role on all nodes: in "
            + $"raft.security.roles, or by --{NameOf(needed)}s.";

        // Limited by the name of the certificate, which the other side cannot choose, so that a client that reconnects does not fill the
        // log.
        if (Context.Refusals.TryGive(identity.Name, why, out var text))
        {
            Context.Log.Warning("Refused a call of {0} at {1}: {2}", identity, Peer, text);
        }

        Write(number, call.FailedWith(RaftFailure.NotDone(FailureReason.Unauthorized, $"{identity} was refused: {why}")));
    }

    private static string NameOf(ConnectionRole role) => role.ToString().ToLowerInvariant();

    private void OnTooSlow()
    {
        Dispose();
        var max = Context.Settings.ReplySizeMaxBytes;
        var why = $"it reads its answers too slowly, and the answers that wait for all clients exceed {max} bytes (a quarter "
            + "of raft.transport-tcp.queue-size-max). Let it read faster or ask for less at a time, or raise the setting on this node.";
        if (Context.Refusals.TryGive(Identity?.Name ?? $"{Peer}", why, out var text))
        {
            Context.Log.Warning("Closed the raft connection of client {0} at {1}: {2}", Identity, Peer, text);
        }
    }
}
