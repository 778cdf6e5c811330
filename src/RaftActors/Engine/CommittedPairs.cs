using System.Collections.Immutable;

using RaftActors.Core;

namespace RaftActors.Engine;

/// <summary>
/// The committed pairs that this process still holds, by serial: those after the last one that was discarded. Written by the engine alone;
/// what is read may be read from any thread.
/// </summary>
internal sealed class CommittedPairs
{
    private readonly Lock _lock = new();
    private readonly List<(LogIndex Index, StoredPair Pair)> _pairs = [];

    // Pairs up to here are not held; a snapshot stands for them.
    private Serial _base;

    // The last committed entry, a pair or not.
    private LogIndex _last;

    /// <summary>What is up to here was discarded, or came as a snapshot.</summary>
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

    /// <summary>The last committed pair, held or not.</summary>
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

    /// <summary>Takes committed entries, in order; pairs are kept.</summary>
    public void Commit(LogSlice entries)
    {
        lock (_lock)
        {
            foreach (var entry in entries)
            {
                _last = entry.Index;
                if (entry.Payload is Payload.Pair pair)
                {
                    _pairs.Add((entry.Index, new StoredPair(entry.Serial, pair.Key, pair.Value, pair.Request)));
                }
            }
        }
    }

    /// <summary>The committed pair of this serial; null if it is not committed here, or not held any more.</summary>
    public StoredPair? Read(Serial serial)
    {
        lock (_lock)
        {
            return serial > _base && serial <= Last ? At(serial).Pair : null;
        }
    }

    /// <summary>The committed pairs after this serial that are held, in order, at most so many.</summary>
    public ImmutableArray<StoredPair> ReadAfter(Serial serial, int limit)
    {
        lock (_lock)
        {
            if (serial < _base || serial >= Last)
            {
                return [];
            }

            var first = (int)(serial.Value - _base.Value);
            var pairs = ImmutableArray.CreateBuilder<StoredPair>(Math.Min(limit, _pairs.Count - first));
            for (var place = first; pairs.Count < pairs.Capacity; place++)
            {
                pairs.Add(_pairs[place].Pair);
            }

            return pairs.MoveToImmutable();
        }
    }

    /// <summary>
    /// The last committed entry that bears this serial: the pair's own, or of those without a pair behind it the last. Null if the serial
    /// is not committed here, or lies before what is held.
    /// </summary>
    public LogIndex? LastIndexOf(Serial serial)
    {
        lock (_lock)
        {
            return serial < _base || serial > Last ? null : serial == Last ? _last : new LogIndex(At(serial.Next).Index.Value - 1);
        }
    }

    /// <summary>A snapshot stands for what is up to here, and nobody needs it any more.</summary>
    public void DiscardTo(Serial serial)
    {
        lock (_lock)
        {
            if (serial > _base)
            {
                _pairs.RemoveRange(0, (int)Math.Min(_pairs.Count, serial.Value - _base.Value));
                _base = serial;
            }
        }
    }

    /// <summary>A snapshot stands for all that is committed.</summary>
    public void StartAfter(LogPosition position)
    {
        lock (_lock)
        {
            _pairs.Clear();
            (_base, _last) = (position.Serial, position.Index);
        }
    }

    private (LogIndex Index, StoredPair Pair) At(Serial serial) => _pairs[(int)(serial.Value - _base.Value - 1)];
}
