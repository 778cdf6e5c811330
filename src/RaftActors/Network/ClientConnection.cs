using Akka.Actor;
using Akka.Event;

using RaftActors.Settings;
using RaftActors.Wire;

namespace RaftActors.Network;

/// <summary>
/// The way to one client: the connection that the client has opened. If too many answers wait for all clients together, the client that
/// reads most slowly loses its connection. Thread-safe.
/// </summary>
internal sealed class ClientConnection : IConnection
{
    private readonly Lock _lock = new();
    private readonly NetworkContext _context;
    private readonly ByteChannel _channel;
    private readonly FrameSender _sender;
    private readonly HandshakeResult _client;
    private readonly PendingReplies.Place _place;
    private bool _isClosed;

    public ClientConnection(ByteChannel channel, NetworkContext context, HandshakeResult client)
    {
        (_channel, _context, _client) = (channel, context, client);
        var frames = new FrameWriter(context.Own, context.Settings.FrameSizeMaxBytes, FrameWriter.KeptForClientMax)
        {
            Level = client.Level,
        };
        _sender = new FrameSender(_lock, channel, frames, context.Metrics, _ => channel.Dispose());
        _place = new PendingReplies.Place(() => WaitingBytes, OnTooSlow);
    }

    /// <summary>Bytes of the answers that wait.</summary>
    public int WaitingBytes => _sender.WaitingBytes;

    /// <summary>The size of the buffers that are kept when no answers wait.</summary>
    public int KeptBytes => _sender.KeptBytes;

    /// <summary>The messages of the client that wait for their engine.</summary>
    public CallWindow Calls { get; } = new(Machine.Current.Time);

    public bool IsClosed => Volatile.Read(ref _isClosed);

    /// <inheritdoc/>
    public byte Level => _client.Level;

    /// <summary>The connection is in use from now on. Call <see cref="Close"/> at its end.</summary>
    public void Open() => _context.Replies.Enter(_place);

    /// <summary>Closes the connection, and drops the answers that wait.</summary>
    public void Close()
    {
        _context.Replies.Leave(_place);
        lock (_lock)
        {
            _isClosed = true;
            _sender.Frames.Take([]);
        }

        _channel.Dispose();
    }

    /// <inheritdoc/>
    public void Write(IActorRef to, WireMessage message, IActorRef from)
    {
        bool isGrown;
        lock (_lock)
        {
            _context.Replies.OnWriting(_place, isFirst: _sender.Frames.Length == 0);
            if (_isClosed)
            {
                _context.Metrics.OnDropped();
                return;
            }

            if (!_sender.Frames.TryWrite(to, message, from))
            {
                _context.OnUnwritten(message, _client.Peer);
                return;
            }

            isGrown = _context.Replies.OnWritten(_place);
        }

        if (isGrown)
        {
            _context.Replies.MakeRoom();
        }
    }

    /// <inheritdoc/>
    public void Flush() => _sender.Flush();

    /// <inheritdoc/>
    public void OnTaken() => Calls.OnTaken();

    private void OnTooSlow()
    {
        Close();
        var max = _context.Settings.ReplySizeMaxBytes;
        var why = $"it reads its answers too slowly, and the answers that wait for all clients exceed {max} bytes (a quarter "
            + "of raft.transport-tcp.queue-size-max). Let it read faster or ask for less at a time, or raise the setting on this node.";
        if (_context.Refusals.TryGive(_client.Identity?.Name ?? $"{_client.Peer}", why, out var text))
        {
            _context.Log.Warning("Closed the raft connection of client {0} at {1}: {2}", _client.Identity, _client.Peer, text);
        }
    }
}
