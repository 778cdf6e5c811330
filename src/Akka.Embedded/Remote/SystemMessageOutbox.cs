namespace Akka.Remote;

/// <summary>
/// Unacknowledged system messages to one peer, numbered from 1 for each of its incarnations. They are sent again on every new
/// connection. Not thread-safe: the association's lock guards it.
/// </summary>
internal sealed class SystemMessageOutbox(int capacity)
{
    private readonly Queue<Entry> _entries = new();
    private long _nextNumber = 1;

    public int Count => _entries.Count;

    /// <summary>Whether no system message was ever sent to the peer.</summary>
    public bool IsUnused => _nextNumber == 1;

    public IEnumerable<Entry> Unacknowledged => _entries;

    /// <summary>The time since which the oldest message waits. Null if none waits.</summary>
    public TimeSpan? OldestSince => _entries.TryPeek(out var oldest) ? oldest.Since : null;

    /// <summary>Adds a message. Returns null if the buffer is full. Delivery has then failed, because a gap is not allowed.</summary>
    public Entry? TryAdd(byte[] body, TimeSpan now)
    {
        if (_entries.Count >= capacity)
        {
            return null;
        }
        var entry = new Entry(_nextNumber++, body, now);
        _entries.Enqueue(entry);
        return entry;
    }

    public void Acknowledge(long upTo)
    {
        while (_entries.TryPeek(out var oldest) && oldest.Number <= upTo)
        {
            _entries.Dequeue();
        }
    }

    /// <summary>
    /// Renumbers the unacknowledged messages from 1, for a new incarnation of the peer. A watch of an actor of the former
    /// incarnation is then answered with its death.
    /// </summary>
    public void Renumber()
    {
        _nextNumber = 1;
        for (var count = _entries.Count; count > 0; count--)
        {
            _entries.Enqueue(_entries.Dequeue() with { Number = _nextNumber++ });
        }
    }

    public void Clear()
    {
        _entries.Clear();
        _nextNumber = 1;
    }

    internal sealed record Entry(long Number, byte[] Body, TimeSpan Since);
}

/// <summary>The receiving side of <see cref="SystemMessageOutbox"/>: accepts each number once and in order.</summary>
/// <param name="former">The inbox of the peer's former incarnation. Null: there was none.</param>
internal sealed class SystemMessageInbox(SystemMessageInbox? former = null)
{
    private readonly bool _wasUnused = former?.IsUnused != false;

    public long LastTaken { get; private set; }

    /// <summary>Whether no incarnation of the peer has sent a system message. Otherwise it may watch actors here.</summary>
    public bool IsUnused => _wasUnused && LastTaken == 0;

    /// <summary>Returns whether to deliver the message. False for a duplicate.</summary>
    public bool Take(long number)
    {
        if (number <= LastTaken)
        {
            return false;
        }
        if (number != LastTaken + 1)
        {
            throw new WireException($"system message {number} arrived after {LastTaken}: those in between are missing");
        }
        LastTaken = number;
        return true;
    }
}
