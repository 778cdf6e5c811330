using RaftActors.Core;

namespace RaftActors.Simulator;

/// <summary>The request keys that a process must remember, computed in the simplest way: those of the latest keyed pairs.</summary>
internal sealed class KeyModel(SessionBounds bounds)
{
    private readonly List<CommittedKey> _keys = [];

    /// <summary>The last index that was added.</summary>
    public long Index { get; private set; }

    /// <summary>The serial of the last forgotten keyed pair.</summary>
    public Serial Forgotten { get; private set; }

    /// <summary>Adds an entry. Returns false if its key is remembered already.</summary>
    public bool Add(in LogEntry entry)
    {
        Index = entry.Index.Value;
        if (entry.Payload is not Payload.KeyedPair { RequestKey: var key })
        {
            return true;
        }

        if (Has(key))
        {
            return false;
        }

        _keys.Add(new CommittedKey(key, entry.Index, entry.Serial));
        if (_keys.Count > bounds.MaxKeys)
        {
            Forgotten = _keys[0].Serial;
            _keys.RemoveAt(0);
        }

        return true;
    }

    public bool Has(RequestKeyHash key) => _keys.Exists(known => known.Key == key);

    public bool IsIn(KeyTable table) => table.Forgotten == Forgotten && table.Keys.SequenceEqual(_keys);
}
