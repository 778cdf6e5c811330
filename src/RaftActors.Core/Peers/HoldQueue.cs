namespace RaftActors.Core;

/// <summary>Messages that may be sent only when a write is durable, each with the ticket that it waits for.</summary>
internal sealed class HoldQueue
{
    private readonly List<(Ticket Ticket, Envelope Envelope)> _held = [];

    /// <summary>Keeps a message until the write of the ticket is durable.</summary>
    public void Add(Ticket ticket, Envelope envelope) => _held.Add((ticket, envelope));

    /// <summary>Takes out what may go now, in the order in which it came.</summary>
    public IReadOnlyList<Envelope> Release(Ticket durable)
    {
        if (!_held.Exists(one => one.Ticket <= durable))
        {
            return [];
        }

        var free = _held.FindAll(one => one.Ticket <= durable).ConvertAll(one => one.Envelope);
        _held.RemoveAll(one => one.Ticket <= durable);
        return free;
    }
}
