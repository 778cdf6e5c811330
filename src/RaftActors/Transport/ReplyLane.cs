using Akka.Actor;

using RaftActors.Wire;

namespace RaftActors.Transport;

/// <summary>
/// The way to one client: the connection that the client has opened. A client that reads too slowly loses its connection. Thread-safe.
/// </summary>
internal sealed class ReplyLane : ILane
{
    private readonly Lock _lock = new();
    private readonly LaneContext _context;
    private readonly LaneChannel _channel;
    private readonly LaneSender _sender;

    public ReplyLane(LaneChannel channel, LaneContext context)
    {
        (_channel, _context) = (channel, context);
        _sender = new LaneSender(
            _lock, channel, new FrameWriter(context.Own, context.Settings.FrameSizeMaxBytes), context.Metrics, _ => channel.Dispose());
    }

    /// <inheritdoc/>
    public bool TryWrite(IActorRef to, WireMessage message, IActorRef from)
    {
        bool isFull;
        lock (_lock)
        {
            isFull = _sender.Frames.Length > _context.Settings.QueueSizeMaxBytes;
            if (isFull || !_sender.Frames.TryWrite(to, message, from))
            {
                _context.Metrics.OnDropped();
            }
        }

        if (isFull)
        {
            _channel.Dispose();
        }

        return true;
    }

    /// <inheritdoc/>
    public void EndDetour()
    {
    }

    /// <inheritdoc/>
    public void Flush() => _sender.Flush();
}
