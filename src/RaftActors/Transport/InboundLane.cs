using System.Collections.Immutable;
using System.Net.Sockets;

using Akka.Actor;
using Akka.Event;

using RaftActors.Engine;
using RaftActors.Wire;

namespace RaftActors.Transport;

/// <summary>
/// Reads one connection of another node, on a thread of its own: a thread that waits in the socket is woken without a detour, and a node
/// has few connections. The messages of one read for one engine are told as one batch.
/// </summary>
internal sealed class InboundLane(Socket socket, LaneContext context, Func<string, IActorRef> resolve) : IDisposable
{
    private const int HandshakeTimeoutMilliseconds = 5000;

    private readonly FrameReader _frames = new(context.Own, resolve, context.FindSlab);
    private readonly List<WireMessage> _batch = [];
    private (IActorRef To, IActorRef From)? _ends;
    private bool _hasWarned;

    // Large. A connection that has not shaken hands has none.
    private ReceiveBlock _block = null!; // Justification: the handshake comes before the first use.

    /// <summary>The node that the handshake named; null: there was none yet.</summary>
    public Address? Peer { get; private set; }

    /// <summary>Reads until the connection ends.</summary>
    /// <param name="onHandshake">Called when <see cref="Peer"/> is known.</param>
    /// <exception cref="InvalidDataException">The other side is no raft node, or sent damaged bytes.</exception>
    /// <exception cref="SocketException">The connection was lost.</exception>
    public void Run(Action onHandshake)
    {
        if (!TryShakeHands())
        {
            return;
        }

        onHandshake();
        _block = new ReceiveBlock(context.Settings.FrameSizeMaxBytes);
        while (socket.Receive(_block.Room().Span) is var count and > 0)
        {
            context.Metrics.OnReceived(count);
            _block.Add(count);
            var mayRunHere = false;
            EngineDispatcher.BeginOffer();
            try
            {
                ReadFrames();

                // A slow engine must not hold up the messages of another one. With more to read, the engine works on the pool meanwhile.
                mayRunHere = _frames.Engines == 1 && socket.Available == 0;
            }
            finally
            {
                EngineDispatcher.EndOffer(isTaken: mayRunHere);
            }
        }
    }

    public void Dispose() => socket.Dispose();

    private bool TryShakeHands()
    {
        socket.NoDelay = true;
        LaneSocket.KeepAlive(socket);
        socket.ReceiveTimeout = HandshakeTimeoutMilliseconds;
        var head = ReadExactly(LaneHandshake.HeadSize);
        var handshake = LaneHandshake.ReadRest(ReadExactly(LaneHandshake.ReadHead(head)));
        if (!Address.TryParse(handshake.Address, out Address? peer))
        {
            throw new InvalidDataException($"'{handshake.Address}' is no address of an actor system.");
        }

        // The other node looks for an actor system that had this port before.
        if (handshake.Expected != context.Node)
        {
            return false;
        }

        Peer = peer;
        socket.Send(LaneHandshake.AnswerOf(context.Node));
        socket.ReceiveTimeout = 0;
        return true;
    }

    private byte[] ReadExactly(int size)
    {
        var bytes = new byte[size];
        for (var read = 0; read < size;)
        {
            var count = socket.Receive(bytes.AsSpan(read));
            read += count > 0 ? count : throw new InvalidDataException("The connection ended before its handshake was complete.");
        }

        return bytes;
    }

    private void ReadFrames()
    {
        while (_block.TryTake(out var bytes))
        {
            if (_frames.Read(bytes, out var hasView) is not { } frame)
            {
                WarnOnce();
                continue;
            }

            if (hasView)
            {
                _block.Keep();
            }

            if (_ends != (frame.To, frame.From))
            {
                TellBatch();
                _ends = (frame.To, frame.From);
            }

            _batch.Add(frame.Message);
        }

        TellBatch();
    }

    private void WarnOnce()
    {
        if (!_hasWarned)
        {
            _hasWarned = true;
            context.Log.Warning("Raft messages from {0} are dropped if their kind is newer than this node. Update this node.", Peer);
        }
    }

    private void TellBatch()
    {
        if (_ends is var (to, from))
        {
            to.Tell(_batch.Count == 1 ? _batch[0] : new WireMessage.Batch([.. _batch]), from);
        }

        _batch.Clear();
        _ends = null;
    }
}
