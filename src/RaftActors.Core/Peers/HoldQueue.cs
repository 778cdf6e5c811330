namespace RaftActors.Core;

/// <summary>Messages that may be sent only when a write is durable, each with the ticket that it waits for.</summary>
internal sealed class HoldQueue
{
    private readonly List<(Ticket Ticket, Effect Sending)> _held = [];

    /// <summary>Keeps a message until the write of the ticket is durable.</summary>
    public void Add(Ticket ticket, Effect sending) => _held.Add((ticket, sending));

    /// <summary>Moves over what may go now, in the order in which it came.</summary>
    public void Release(Ticket durable, List<Effect> effects)
    {
        var kept = 0;
        for (var i = 0; i < _held.Count; i++)
        {
            if (_held[i].Ticket <= durable)
            {
                effects.Add(_held[i].Sending);
            }
            else
            {
                _held[kept++] = _held[i];
            }
        }

        _held.RemoveRange(kept, _held.Count - kept);
    }
}
