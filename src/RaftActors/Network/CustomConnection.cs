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
/// Invariant: each message arrives at most once. It names the connections of both sides and has a number, and a receiver takes each number
/// of the present connection once. Only the answer to an own question tells which connection there is now: a delayed message does not. A
/// restarted system and a forgotten node get new connections.
/// </para>
/// </summary>
/// <param name="address">That of the other node.</param>
/// <param name="send">Sends a message to it.</param>
/// <param name="clock">For the time between two questions, and of silence.</param>
internal sealed class CustomConnection(Address address, NetworkContext context, Action<ReadOnlyMemory<byte>> send, TimeProvider clock)
    : IForgettableConnection
{
    /// <summary>A message is sent when it has so many bytes, also before the end of a turn.</summary>
    public const int FullBytes = 32 * 1024;

    private const int MaxSenders = 1000;

    /// <summary>A node that is silent for so long may be forgotten. Far longer than the time between two greetings.</summary>
    public static readonly TimeSpan SilenceMax = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan AskInterval = TimeSpan.FromMilliseconds(200);

    // Guards all but the receiving of frames.
    private readonly Lock _lock = new();
    private readonly FrameWriter _writer = new(context.Own, context.Settings.FrameSizeMaxBytes);
    private byte[] _spare = [];

    // Not that of the system: after this connection is forgotten, the next one must not take its messages again.
    private readonly ulong _own = Machine.Current.NewNumber();

    // The other node's connection; 0: not known. Messages to it are lost until then.
    private ulong _peer;
    private ulong _question = Machine.Current.NewNumber();
    private long? _askedAt;
    private long _heardAt;
    private long _sent;
    private SeenNumbers _seen = new();

    // Guards the receiving of frames.
    private readonly Lock _receiving = new();
    private readonly EngineBatch _batch = new();
    private readonly Dictionary<string, IActorRef> _senders = [];
    private FrameReader? _reader;
    private readonly CallFormat.LatestTarget _latest = new();
    private CustomCallLink? _calls;
    private volatile bool _isRetired;

    private string Node => CustomAddress.NodeOf(address)!; // Justification: the address of a node.

    /// <summary>The calls of clients of this node to the other one.</summary>
    public CustomCallLink Calls
    {
        get
        {
            lock (_lock)
            {
                return _calls ??= new CustomCallLink(address, this, context);
            }
        }
    }

    /// <inheritdoc/>
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

    /// <inheritdoc/>
    public IConnection Current => _isRetired ? context.ConnectionTo(address) ?? this : this;

    /// <inheritdoc/>
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

    /// <inheritdoc/>
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

    /// <inheritdoc/>
    public void Flush()
    {
        byte[]? message;
        lock (_lock)
        {
            message = _writer.Length > 0 ? Take() : null;
        }

        Send(message);
    }

    /// <summary>Takes a message of the other node.</summary>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
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
                // The other side does not know of this connection. It asks when it is asked.
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

    // The same question until it is answered: with a new one each time, no answer would be in time on a slow network.
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

            // Frames for the connection before are lost.
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
            case WireMessage.Reply reply when NodeCalls.IsForwarded(reply):
                context.Calls.Return(reply);
                break;
            case WireMessage.Reply reply:
                Calls.Receive(reply);
                break;
            default:
                _batch.Add(frame);
                break;
        }
    }

    private FrameReader NewReader() => new(context.Own, context.Resolve, context.FindSlab)
    {
        ResolveSender = SenderAt,
        MayReceive = InboundConnection.IsService,
    };

    // Each message names its senders anew, and a reference for each would be garbage.
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
