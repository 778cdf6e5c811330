using System.Buffers.Binary;

using Akka.Actor;
using Akka.Event;

using RaftActors.Core.Codec;
using RaftActors.Settings;
using RaftActors.Wire;

namespace RaftActors.Network;

/// <summary>
/// The route to one other node by a <see cref="RaftTransport"/>, whose network may lose, delay, repeat and reorder. The frames of one turn
/// make one message. Thread-safe.
/// <para>
/// Invariant: each message arrives at most once. It names the connections of both sides and has a number, and the receiver takes each
/// number once, and only for the present connection. A delayed message may name an old connection, so only the answer to the receiver's
/// own question tells which one is present. A restarted system, or a node that was forgotten, gets a new connection.
/// </para>
/// </summary>
internal sealed class CustomConnection(Address address, NetworkContext context, Action<ReadOnlyMemory<byte>> send, TimeProvider clock)
    : IForgettableConnection, ICallLink
{
    /// <summary>A message of this many bytes is sent before the end of the turn.</summary>
    public const int FullBytes = 32 * 1024;

    private const int MaxSenders = 1000;

    /// <summary>After this silence, which is far longer than the time between two greetings, a node may be forgotten.</summary>
    public static readonly TimeSpan SilenceMax = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan AskInterval = TimeSpan.FromMilliseconds(200);

    // Guards all but the reading of frames.
    private readonly Lock _lock = new();
    private readonly FrameWriter _writer = new(context.Own, context.Settings.FrameSizeMaxBytes);
    private byte[] _spare = [];

    // A number of this connection, not of the system, so that a connection made after this one was forgotten does not take its messages
    // again.
    private readonly ulong _own = Machine.Current.NewNumber();

    // The number of the other node's connection, or 0 while it is not known and messages to it are lost.
    private ulong _peer;
    private ulong _question = Machine.Current.NewNumber();
    private long? _askedAt;
    private long _heardAt;
    private long _sent;
    private SeenNumbers _seen = new();

    // Guards the reading of frames.
    private readonly Lock _receiving = new();
    private readonly EngineBatch _batch = new();
    private readonly Dictionary<string, IActorRef> _senders = [];
    private FrameReader? _reader;
    private readonly CallFormat.LatestTarget _latest = new();

    // The calls of this node's clients to the other node. The transport may lose them, so a caller that waits too long sends its call
    // again.
    private readonly OpenCalls _open = new();
    private ConnectionRef? _registry;
    private volatile bool _isRetired;

    private string Node => CustomAddress.NodeOf(address)!; // Justification: the address of a node.

    public byte Level
    {
        get
        {
            lock (_lock)
            {
                return _writer.Level;
            }
        }
    }

    public IConnection Current => _isRetired ? context.ConnectionTo(address) ?? this : this;

    public bool TryRetire()
    {
        lock (_lock)
        {
            if (!_isRetired && _peer != 0 && clock.GetElapsedTime(_heardAt) < SilenceMax)
            {
                return false;
            }

            Take();
            (_isRetired, _peer) = (true, 0);
            return true;
        }
    }

    public void Write(IActorRef to, WireMessage message, IActorRef from)
    {
        byte[]? full = null;
        byte[]? question = null;
        lock (_lock)
        {
            if (_peer == 0)
            {
                context.Metrics.OnDropped();
                question = AskIfTime();
            }
            else
            {
                WriteFrame(to, message, from);
                full = _writer.Length >= FullBytes ? Take() : null;
            }
        }

        Send(question);
        Send(full);
    }

    public void Flush()
    {
        byte[]? message;
        lock (_lock)
        {
            message = _writer.Length > 0 ? Take() : null;
        }

        Send(message);
    }

    public CallSending Send(CallTarget target, ClientCall call, ICaller caller)
    {
        _registry ??= new ConnectionRef(ActorPath.Parse($"{address}{InboundNodeConnection.RegistryPath}"), this, context);
        var bytes = context.TryWrite(_registry, Level, writer => CallFormat.WriteCall(writer, _open.NumberOf(caller), target, call));
        if (bytes is not null)
        {
            _registry.Tell(new WireMessage.Call(bytes), context.Registry);
        }
        else
        {
            Forget(caller);
            context.EndUnwritten(call, address, caller);
        }

        return CallSending.Sent;
    }

    public void Forget(ICaller caller) => _open.Remove(caller);

    /// <exception cref="InvalidDataException">The message is damaged.</exception>
    public void Receive(ReadOnlyMemory<byte> message)
    {
        context.Metrics.OnReceived(message.Length);
        var head = Datagram.Read(message.Span);
        switch (head.Kind)
        {
            case Datagram.Purpose.Ask:
                Send(new Datagram(Datagram.Purpose.Answer, _own, head.To, FormatRange.Own.Highest).ToBytes());
                AskUnlessKnown(head.From);
                break;
            case Datagram.Purpose.Answer:
                OnAnswer(head);
                break;
            case Datagram.Purpose.Frames when IsFirst(head):
                ReadFrames(message[Datagram.Size..]);
                break;
            case Datagram.Purpose.Frames when head.To != _own:
                // The other side does not know this connection. A question makes it ask in turn.
                AskUnlessKnown(0);
                break;
            case Datagram.Purpose.Frames:
                AskUnlessKnown(head.From);
                break;
        }
    }

    private void WriteFrame(IActorRef to, WireMessage message, IActorRef from)
    {
        if (_writer.Length == 0)
        {
            _writer.Forget();
        }

        if (!_writer.TryWrite(to, message, from))
        {
            context.OnUnwritten(message, address);
        }
    }

    private byte[] Take()
    {
        var frames = _writer.Take(_spare);
        var message = new Datagram(Datagram.Purpose.Frames, _own, _peer, ++_sent).ToBytes(frames);
        _spare = frames.Array!; // Justification: the writer's buffer.
        return message;
    }

    private void AskUnlessKnown(ulong connection)
    {
        byte[]? question;
        lock (_lock)
        {
            question = connection == 0 || connection != _peer ? AskIfTime() : null;
        }

        Send(question);
    }

    // The question stays the same until it is answered. With a new one each time, no answer would be in time on a slow network.
    private byte[]? AskIfTime()
    {
        if (_isRetired || (_askedAt is { } asked && clock.GetElapsedTime(asked) < AskInterval))
        {
            return null;
        }

        _askedAt = clock.GetTimestamp();
        return new Datagram(Datagram.Purpose.Ask, _own, _question, FormatRange.Own.Highest).ToBytes();
    }

    private void OnAnswer(Datagram answer)
    {
        lock (_lock)
        {
            if (_isRetired || answer.To != _question)
            {
                return;
            }

            (_question, _askedAt) = (_question + 1, null);
            if (answer.From == _peer)
            {
                return;
            }

            // The frames that were written for the former connection are dropped.
            Take();
            (_peer, _seen, _heardAt) = (answer.From, new SeenNumbers(), clock.GetTimestamp());
            _writer.Level = (byte)Math.Clamp(answer.Number, FormatRange.Own.Lowest, FormatRange.Own.Highest);
        }

        context.Log.Info("Raft messages to {0} go by the custom transport.", Node);
        context.Registry.Tell(new ConnectionNews.Opened(address), ActorRefs.NoSender);
    }

    private bool IsFirst(Datagram head)
    {
        lock (_lock)
        {
            var isFirst = head.To == _own && head.From == _peer && _seen.TryAdd(head.Number);
            _heardAt = isFirst ? clock.GetTimestamp() : _heardAt;
            return isFirst;
        }
    }

    private void ReadFrames(ReadOnlyMemory<byte> bytes)
    {
        lock (_receiving)
        {
            _reader ??= NewReader();
            try
            {
                for (var left = bytes; !left.IsEmpty;)
                {
                    var size = left.Length >= sizeof(int) ? BinaryPrimitives.ReadInt32LittleEndian(left.Span) : -1;
                    if (size < 0 || size > left.Length - sizeof(int))
                    {
                        throw new InvalidDataException($"Of a frame of {size} bytes only {left.Length} came.");
                    }

                    ReadFrame(_reader, left.Slice(sizeof(int), size));
                    left = left[(sizeof(int) + size)..];
                }
            }
            finally
            {
                _batch.Tell();
            }
        }
    }

    private void ReadFrame(FrameReader reader, ReadOnlyMemory<byte> bytes)
    {
        var frame = reader.Read(bytes, out _);
        switch (frame.Message)
        {
            case WireMessage.Call call:
                context.Calls.Take(call, frame.From, Level, _latest, context);
                break;
            case WireMessage.Reply when frame.IsToGone:
                break;
            case WireMessage.Reply reply:
                if (!context.Calls.TryReturn(reply))
                {
                    _open.Return(reply.Frame, context.Outcomes);
                }

                break;
            default:
                _batch.Add(frame);
                break;
        }
    }

    private FrameReader NewReader() => new(context.Own, context.Resolve, context.FindSlab)
    {
        ResolveSender = SenderAt,
        MayReceive = InboundNodeConnection.IsService,
    };

    // Each message names its senders in full, so the references are kept instead of made again.
    private IActorRef SenderAt(string path)
    {
        if (_senders.TryGetValue(path, out var known))
        {
            return known;
        }

        if (_senders.Count >= MaxSenders)
        {
            _senders.Clear();
        }

        var parsed = ActorPath.Parse(path);
        return _senders[path] = parsed.Address.Equals(address)
            ? new ConnectionRef(parsed, this, context)
            : throw new InvalidDataException($"A message from {Node} has the sender '{path}', which is on another node.");
    }

    private void Send(byte[]? message)
    {
        if (message is null)
        {
            return;
        }

        context.Metrics.OnSent(message.Length);
        send(message);
    }
}
