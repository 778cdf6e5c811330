namespace RaftActors.Core;

/// <summary>
/// The uncommitted part of a leader's log: its size, its request keys, and the highest request number of each origin in it. Numbers rise,
/// so a request above that number, and above the committed ones, is not in the log, and need not be searched for.
/// </summary>
internal sealed class OpenProposals
{
    private const int FewOrigins = 2048;

    private readonly Dictionary<Member, Highest> _byOrigin = [];
    private readonly Dictionary<RequestKeyHash, (LogIndex Index, Serial Serial)> _byKey = [];
    private Highest? _latest;
    private int _manyOrigins = FewOrigins;

    /// <summary>The places of all uncommitted requests, gathered by the first search. Null before it.</summary>
    private Dictionary<RequestId, (LogIndex Index, Serial Serial)>? _byRequest;

    /// <summary>The approximate size of keys and values in bytes.</summary>
    public long Bytes { get; private set; }

    /// <summary>There are so many origins that <see cref="Rebuild"/> should forget those whose requests are committed.</summary>
    public bool HasManyOrigins => _byOrigin.Count >= _manyOrigins;

    /// <summary>Starts from the uncommitted entries of a log.</summary>
    public void Rebuild(LogSlice open)
    {
        _byOrigin.Clear();
        _byKey.Clear();
        (_latest, _byRequest, Bytes) = (null, null, 0);
        foreach (var entry in open)
        {
            Append(entry);
        }

        _manyOrigins = Math.Max(FewOrigins, 2 * _byOrigin.Count);
    }

    public void Append(LogEntry entry)
    {
        Bytes += entry.Size;
        if (entry.Request is not { } request)
        {
            return;
        }

        var highest = Of(request.Origin);
        if (highest is null)
        {
            highest = new Highest(request.Origin);
            _byOrigin.Add(request.Origin, highest);
        }

        highest.Number = Math.Max(highest.Number, request.Number);
        _latest = highest;
        _byRequest?.TryAdd(request, (entry.Index, entry.Serial));
        if (entry.RequestKey is { } key)
        {
            _byKey.TryAdd(key, (entry.Index, entry.Serial));
        }
    }

    public void Commit(LogEntry entry)
    {
        Bytes -= entry.Size;
        Invariant.That(Bytes >= 0, "an entry is committed once");
        if (entry.RequestKey is { } key)
        {
            _byKey.Remove(key);
        }

        if (_byRequest is not null && entry.Request is { } request)
        {
            _byRequest.Remove(request);
            _byRequest = _byRequest.Count > 0 ? _byRequest : null;
        }
    }

    /// <summary>Tells whether the number is above all uncommitted ones of its origin.</summary>
    public bool IsAboveAll(RequestId request) => Of(request.Origin) is not { } highest || request.Number > highest.Number;

    /// <summary>Returns the place of an uncommitted request, or null.</summary>
    /// <param name="open">All uncommitted entries. Only the first of many searches visits them.</param>
    public (LogIndex Index, Serial Serial)? Find(RequestId request, LogSlice open)
    {
        if (_byRequest is null)
        {
            _byRequest = [];
            foreach (var entry in open)
            {
                if (entry.Request is { } each)
                {
                    _byRequest.TryAdd(each, (entry.Index, entry.Serial));
                }
            }
        }

        return _byRequest.TryGetValue(request, out var place) ? place : null;
    }

    /// <summary>Returns the place of the uncommitted pair with this key, or null.</summary>
    public (LogIndex Index, Serial Serial)? Find(RequestKeyHash key) => _byKey.TryGetValue(key, out var place) ? place : null;

    private Highest? Of(Member origin) => _latest?.Origin == origin ? _latest : _byOrigin.GetValueOrDefault(origin);

    private sealed class Highest(Member origin)
    {
        public Member Origin => origin;

        public long Number { get; set; }
    }
}
