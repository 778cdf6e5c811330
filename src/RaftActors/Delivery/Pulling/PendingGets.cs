namespace RaftActors.Delivery;

/// <summary>
/// The Gets of an actor that have not ended: requested ones, and ranges of serials to request later. Each claims its serial. Answers leave
/// in the order of the requests, even if they arrive in another order.
/// </summary>
internal sealed class PendingGets
{
    private readonly SortedDictionary<long, Pending> _pending = [];
    private readonly Dictionary<Serial, int> _claims = [];
    private readonly List<SerialRange> _reserved = [];

    public bool IsEmpty => _pending.Count == 0;

    /// <summary>The reserved serial to request next, or null.</summary>
    public Serial? FirstReserved => _reserved.Count > 0 ? _reserved[0].First : null;

    public bool IsClaimed(Serial serial) => _claims.ContainsKey(serial) || (_reserved.Count > 0 && IsReserved(serial));

    /// <summary>Claims serials that are requested later.</summary>
    public void Reserve(SerialRange range)
    {
        if (range.First <= range.Last)
        {
            _reserved.Add(range);
        }
    }

    /// <summary>Drops reserved serials up to this one.</summary>
    public void ReleaseTo(Serial serial)
    {
        _reserved.RemoveAll(range => range.Last <= serial);
        for (var i = 0; i < _reserved.Count; i++)
        {
            _reserved[i] = _reserved[i].First <= serial ? new SerialRange(serial.Next, _reserved[i].Last) : _reserved[i];
        }
    }

    /// <summary>Takes the next reserved serial, which the caller requests at once. Returns null if that many Gets are pending.</summary>
    public Serial? TakeReserved(int window) => _pending.Count < window && FirstReserved is { } first ? TakeReserved(first) : null;

    public RequestRef[] Unanswered() => [.. _pending.Values.Where(pending => pending.Answer is null).Select(pending => pending.Request)];

    public void Add(RequestRef request, Serial serial)
    {
        _pending.Add(request.Number, new Pending(request, serial, null));
        _claims[serial] = _claims.GetValueOrDefault(serial) + 1;
    }

    /// <summary>Takes the answer of a request. Does nothing if it was cancelled, or another life of the actor made it.</summary>
    public void Answer(RequestRef request, StoredPair pair)
    {
        if (_pending.TryGetValue(request.Number, out var pending))
        {
            _pending[request.Number] = pending with { Answer = pair };
        }
    }

    /// <summary>Removes a request. Returns its serial, or null if it is no pending Get.</summary>
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

    public Serial? FirstAnswered => First()?.Answer?.Serial;

    public (RequestRef Request, StoredPair Pair)? TryTakeAnswered()
    {
        if (First() is not { Answer: { } pair, Request: var request })
        {
            return null;
        }

        Remove(request);
        return (request, pair);
    }

    private Pending? First()
    {
        if (_pending.Count == 0)
        {
            return null;
        }

        using var all = _pending.Values.GetEnumerator();
        return all.MoveNext() ? all.Current : null;
    }

    private Serial TakeReserved(Serial first)
    {
        var last = _reserved[0].Last;
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

    private bool IsReserved(Serial serial) => _reserved.Exists(range => range.First <= serial && serial <= range.Last);

    private sealed record Pending(RequestRef Request, Serial Serial, StoredPair? Answer);
}
