namespace RaftActors.Core;

/// <summary>
/// The committed request keys and the places of their pairs, so that a repeat is answered and not appended again, whichever member asks.
/// They depend only on the committed entries, so they are the same on every process, and part of a snapshot. Bounded: the oldest key is
/// forgotten first. See <see cref="KeyTable"/>.
/// </summary>
internal sealed class RequestKeys
{
    private readonly Dictionary<RequestKeyHash, (LogIndex Index, Serial Serial)> _places = [];

    private readonly Queue<CommittedKey> _byAge;

    private readonly int _capacity;

    public RequestKeys(SessionBounds bounds, KeyTable table)
    {
        (_capacity, Forgotten, _byAge) = (bounds.MaxKeys, table.Forgotten, new(table.Keys));
        foreach (var known in table.Keys)
        {
            _places[known.Key] = (known.Index, known.Serial);
        }
    }

    /// <summary>The serial of the last keyed pair whose key was forgotten, or 0.</summary>
    public Serial Forgotten { get; private set; }

    /// <summary>Returns the place of the pair with this key, or null if it is not remembered.</summary>
    public (LogIndex Index, Serial Serial)? Find(RequestKeyHash key) => _places.TryGetValue(key, out var place) ? place : null;

    /// <summary>Adds a committed entry. A known key keeps its place.</summary>
    public void Add(LogEntry entry)
    {
        if (entry.RequestKey is not { } key || !_places.TryAdd(key, (entry.Index, entry.Serial)))
        {
            return;
        }

        _byAge.Enqueue(new CommittedKey(key, entry.Index, entry.Serial));
        if (_byAge.Count > _capacity)
        {
            var oldest = _byAge.Dequeue();
            _places.Remove(oldest.Key);
            Forgotten = oldest.Serial;
        }

        Invariant.That(_places.Count == _byAge.Count, "each remembered key has one place");
    }

    public KeyTable ToTable() => _byAge.Count == 0 ? KeyTable.Empty : new KeyTable(Forgotten, [.. _byAge]);
}
