using RaftActors.Core;

namespace RaftActors.Engine;

/// <summary>
/// The committed pairs of one process, by serial, from the last compacted one on. The engine alone changes them. The actor reads them in
/// batches, as far as <see cref="ToActor.Committed"/> allows. Thread-safe: a lock guards each call, and a pair never changes.
/// </summary>
internal sealed class CommittedPairs
{
    private readonly Lock _lock = new();
    private readonly ChunkedList<LogEntry> _pairs = new();

    private Serial _base;

    // The last committed entry, a pair or not.
    private LogIndex _last;

    /// <summary>The last compacted serial: a snapshot covers the pairs up to it, and they are not here.</summary>
    public Serial Base
    {
        get
        {
            lock (_lock)
            {
                return _base;
            }
        }
    }

    /// <summary>The last committed serial, compacted or not.</summary>
    public Serial CommittedSerial
    {
        get
        {
            lock (_lock)
            {
                return Last;
            }
        }
    }

    private Serial Last => new(_base.Value + _pairs.Count);

    /// <summary>Adds the pairs among the next committed entries.</summary>
    public void Commit(LogSlice entries)
    {
        lock (_lock)
        {
            foreach (ref readonly var entry in entries)
            {
                _last = entry.Index;
                if (entry.IsPair)
                {
                    _pairs.Add(entry);
                }
            }
        }
    }

    /// <summary>The pair of this serial; null if it is not committed here, or compacted.</summary>
    public StoredPair? Read(Serial serial)
    {
        lock (_lock)
        {
            return serial > _base && serial <= Last ? StoredPair.Of(At(serial)) : null;
        }
    }

    /// <summary>Reads the pairs after a serial, in order, as many as the batch holds.</summary>
    /// <returns>How many pairs were read; 0 if the next one is not committed here, or compacted.</returns>
    public int ReadAfter(Serial serial, Span<StoredPair> batch)
    {
        lock (_lock)
        {
            if (serial < _base || serial >= Last)
            {
                return 0;
            }

            var count = (int)Math.Min(batch.Length, Last.Value - serial.Value);
            for (var place = 0; place < count; place++)
            {
                serial = serial.Next;
                batch[place] = StoredPair.Of(At(serial));
            }

            return count;
        }
    }

    /// <summary>
    /// The index of the last committed entry with this serial. Entries without a pair repeat the serial before them. Null if the serial is
    /// not committed here, or compacted.
    /// </summary>
    public LogIndex? LastIndexOf(Serial serial)
    {
        lock (_lock)
        {
            return serial < _base || serial > Last ? null : serial == Last ? _last : new LogIndex(At(serial.Next).Index.Value - 1);
        }
    }

    /// <summary>Removes the pairs up to a serial, which a snapshot covers.</summary>
    /// <returns>False if they were removed before.</returns>
    public bool DiscardTo(Serial serial)
    {
        lock (_lock)
        {
            if (serial <= _base)
            {
                return false;
            }

            _pairs.RemoveFirst((int)Math.Min(_pairs.Count, serial.Value - _base.Value));
            _base = serial;
            return true;
        }
    }

    /// <summary>Removes all pairs: a snapshot up to this position replaces them.</summary>
    public void StartAfter(LogPosition position)
    {
        lock (_lock)
        {
            _pairs.Clear();
            (_base, _last) = (position.Serial, position.Index);
        }
    }

    private ref readonly LogEntry At(Serial serial) => ref _pairs[(int)(serial.Value - _base.Value - 1)];
}
