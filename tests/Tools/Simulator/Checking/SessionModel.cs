using RaftActors.Core;

namespace RaftActors.Simulator;

/// <summary>
/// The requests that a process must remember, computed in the simplest way. These are the highest numbers of each origin, for the
/// origins of the latest requests.
/// </summary>
internal sealed class SessionModel(SessionBounds bounds)
{
    /// <summary>Origins; that of the latest request is the last.</summary>
    private readonly List<Known> _origins = [];

    /// <summary>Closed origins, without requests; the one that was closed last is the last.</summary>
    private readonly List<Known> _closed = [];

    /// <summary>The serial of the last request of a forgotten origin, or 0.</summary>
    private Serial _forgotten;

    /// <summary>The last index that was added.</summary>
    public long Index { get; private set; }

    public void Add(in LogEntry entry)
    {
        Index = entry.Index.Value;
        if (entry.Payload is Payload.Close(var last))
        {
            foreach (var each in last)
            {
                Close(each);
            }
        }

        if (entry.Payload is not Payload.Pair { Request: { } request })
        {
            return;
        }

        var known = Find(request.Origin);
        if (known is not null && _closed.Contains(known) && request.Number <= known.Forgotten)
        {
            known.Latest = entry.Serial;
            return;
        }

        if (known is null || _closed.Remove(known))
        {
            Forget(_origins, bounds.MaxOrigins - 1);
            known ??= new Known(request.Origin) { Forgotten = _forgotten > Serial.Zero ? request.Number - 1 : 0 };
        }

        known.Latest = entry.Serial;

        _origins.Remove(known);
        _origins.Add(known);
        if (request.Number > known.Forgotten
            && known.Requests.TryAdd(request.Number, new AnsweredRequest(request.Number, entry.Index, entry.Serial))
            && known.Requests.Count > bounds.MaxRequests)
        {
            known.ForgetFirst();
        }

        while (_origins.Sum(origin => origin.Requests.Count) > bounds.MaxInAll)
        {
            var longest = _origins.First(origin => origin.Requests.Count > 1);
            while (longest.Requests.Count > 1)
            {
                longest.ForgetFirst();
            }
        }
    }

    public bool IsClosed(RequestId request) =>
        _closed.Exists(one => one.Origin == request.Origin && request.Number <= one.Forgotten);

    private Known? Find(Member origin) => _closed.Concat(_origins).FirstOrDefault(one => one.Origin == origin);

    private void Close(RequestId last)
    {
        if (_origins.Find(one => one.Origin == last.Origin) is not { } known)
        {
            return;
        }

        _origins.Remove(known);
        _closed.Add(new Known(known.Origin)
        {
            Forgotten = Math.Max(known.Requests.Keys.Last(), last.Number),
            Latest = known.Latest,
        });
        Forget(_closed, bounds.MaxClosed);
    }

    private void Forget(List<Known> known, int max)
    {
        while (known.Count > max)
        {
            _forgotten = new Serial(Math.Max(_forgotten.Value, known[0].Latest.Value));
            known.RemoveAt(0);
        }
    }

    /// <summary>Returns whether the request may have been committed and forgotten.</summary>
    public bool MayHaveForgotten(RequestId request, Serial started) => Find(request.Origin) is { } known
        ? request.Number <= known.Forgotten && !known.Requests.ContainsKey(request.Number)
        : _forgotten > started;

    public bool IsIn(Snapshot snapshot) => snapshot.Sessions.Length == _closed.Count + _origins.Count
        && snapshot.ForgottenOrigins == _forgotten
        && snapshot.Sessions.Zip(_closed.Concat(_origins)).All(pair => pair.First.Origin == pair.Second.Origin
            && (pair.First.Forgotten, pair.First.Latest) == (pair.Second.Forgotten, pair.Second.Latest)
            && pair.First.Answered.SequenceEqual(pair.Second.Requests.Values));

    private sealed class Known(Member origin)
    {
        public Member Origin => origin;

        public long Forgotten { get; set; }

        public Serial Latest { get; set; }

        public SortedDictionary<long, AnsweredRequest> Requests { get; } = [];

        public void ForgetFirst()
        {
            Forgotten = Requests.Keys.First();
            Requests.Remove(Forgotten);
        }
    }
}
