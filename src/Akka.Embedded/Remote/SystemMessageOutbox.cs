namespace Akka.Remote;

/// <summary>
/// System messages to one peer which it has not acknowledged yet, numbered from 1 for each life of the peer. They are written
/// again to every new connection. Not thread-safe: its association's lock guards it.
/// </summary>
internal sealed class SystemMessageOutbox(int capacity)
{
    private readonly Queue<Entry> _entries = new();
    private long _nextNumber = 1;

    public int Count => _entries.Count;

    /// <summary>No life of the peer was ever sent any.</summary>
    public bool IsUnused => _nextNumber == 1;

    public IEnumerable<Entry> Unacknowledged => _entries;

    /// <summary>Since when the oldest one waits; null if none does.</summary>
    public TimeSpan? OldestSince => _entries.TryPeek(out var oldest) ? oldest.Since : null;

    /// <summary>Null when the buffer is full; then delivery has failed, since system messages must not have gaps.</summary>
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
    /// A new life of the peer counts from 1 again. It gets what its former life left unacknowledged: a watch of an actor that
    /// died with it is then answered with the notice of its death.
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

/// <summary>The receiving side of <see cref="SystemMessageOutbox"/>: each number once and in order.</summary>
internal sealed class SystemMessageInbox
{
    public long LastTaken { get; private set; }

    /// <summary>Whether to deliver this one; false for one that came before.</summary>
    public bool Take(long number)
    {
        if (number <= LastTaken)
        {
            return false;
        }
        if (number != LastTaken + 1)
        {
            throw new WireException($"system message {number} arrived after {LastTaken}: some are missing in between");
        }
        LastTaken = number;
        return true;
    }
}
