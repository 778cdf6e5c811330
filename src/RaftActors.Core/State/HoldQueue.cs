namespace RaftActors.Core;

/// <summary>Messages that may be sent only when a write is durable, each with the ticket of that write.</summary>
internal sealed class HoldQueue
{
    private readonly List<(Ticket Ticket, Effect Sending)> _held = [];

    /// <summary>Holds a message until the write of the ticket is durable.</summary>
    public void Add(Ticket ticket, Effect sending) => _held.Add((ticket, sending));

    /// <summary>Moves the messages that need wait no longer to <paramref name="effects"/>, in the order in which they were added.</summary>
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
