using RaftActors.Core;
using RaftActors.Engine;

namespace RaftActors.Delivery;

/// <summary>The Gets of one life that have not ended, in the order asked. Answers leave it in that order, however they came.</summary>
internal sealed class PendingGets
{
    private readonly SortedDictionary<long, Pending> _pending = [];
    private readonly Dictionary<Serial, int> _claims = [];
    private readonly List<SerialRange> _reserved = [];

    public bool IsClaimed(Serial serial) => _claims.ContainsKey(serial) || (_reserved.Count > 0 && IsReserved(serial));

    /// <summary>Claims serials that will be asked for later.</summary>
    public void Reserve(SerialRange range)
    {
        if (range.First <= range.Last)
        {
            _reserved.Add(range);
        }
    }

    /// <summary>What is reserved up to here need not be asked for.</summary>
    public void ReleaseTo(Serial serial)
    {
        _reserved.RemoveAll(range => range.Last <= serial);
        for (var i = 0; i < _reserved.Count; i++)
        {
            _reserved[i] = _reserved[i].First <= serial ? new SerialRange(serial.Next, _reserved[i].Last) : _reserved[i];
        }
    }

    /// <summary>The next reserved serial while fewer than so many Gets are pending. It is to be asked for at once.</summary>
    public Serial? NextReserved(int window)
    {
        if (_pending.Count >= window || _reserved.Count == 0)
        {
            return null;
        }

        var (first, last) = _reserved[0];
        if (first < last)
        {
            _reserved[0] = new SerialRange(first.Next, last);
        }
        else
        {
            _reserved.RemoveAt(0);
        }

        return first;
    }

    /// <summary>Those that no answer has come for.</summary>
    public RequestRef[] Unanswered() => [.. _pending.Values.Where(pending => pending.Answer is null).Select(pending => pending.Request)];

    public void Add(RequestRef request, Serial serial)
    {
        _pending.Add(request.Number, new Pending(request, serial, null));
        _claims[serial] = _claims.GetValueOrDefault(serial) + 1;
    }

    /// <summary>Ignored if it is not pending: an earlier life asked, or it was cancelled.</summary>
    public void Answer(RequestRef request, StoredPair pair)
    {
        if (_pending.TryGetValue(request.Number, out var pending))
        {
            _pending[request.Number] = pending with { Answer = pair };
        }
    }

    /// <summary>The serial that it asked for, or null if it was no pending Get.</summary>
    public Serial? Remove(RequestRef request)
    {
        if (!_pending.Remove(request.Number, out var pending))
        {
            return null;
        }

        var others = _claims[pending.Serial] - 1;
        if (others == 0)
        {
            _claims.Remove(pending.Serial);
        }
        else
        {
            _claims[pending.Serial] = others;
        }

        return pending.Serial;
    }

    /// <summary>The first pending Get, if it is answered; it is pending no more.</summary>
    public (RequestRef Request, StoredPair Pair)? TryTakeAnswered()
    {
        if (_pending.Count == 0)
        {
            return null;
        }

        using var all = _pending.Values.GetEnumerator();
        if (!all.MoveNext() || all.Current.Answer is not { } pair)
        {
            return null;
        }

        var request = all.Current.Request;
        Remove(request);
        return (request, pair);
    }

    private bool IsReserved(Serial serial) => _reserved.Exists(range => range.First <= serial && serial <= range.Last);

    private sealed record Pending(RequestRef Request, Serial Serial, StoredPair? Answer);
}
