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

    /// <summary>The serial of the last request of a forgotten origin, or 0.</summary>
    private Serial _forgotten;

    /// <summary>The last index that was added.</summary>
    public long Index { get; private set; }

    public void Add(in LogEntry entry)
    {
        Index = entry.Index.Value;
        if (entry.Payload is not Payload.Pair { Request: { } request })
        {
            return;
        }

        var known = _origins.Find(one => one.Origin == request.Origin);
        if (known is null)
        {
            var isFull = _origins.Count == bounds.MaxOrigins;
            known = new Known(request.Origin) { Forgotten = isFull ? request.Number - 1 : 0 };
            _forgotten = isFull ? _origins[0].Latest : _forgotten;
            _origins.RemoveRange(0, isFull ? 1 : 0);
        }

        known.Latest = entry.Serial;

        _origins.Remove(known);
        _origins.Add(known);
        if (request.Number > known.Forgotten
            && known.Requests.TryAdd(request.Number, new AnsweredRequest(request.Number, entry.Index, entry.Serial))
            && known.Requests.Count > bounds.MaxRequests)
        {
            known.Forgotten = known.Requests.Keys.First();
            known.Requests.Remove(known.Forgotten);
        }
    }

    /// <summary>Returns whether the request may have been committed and forgotten.</summary>
    public bool MayHaveForgotten(RequestId request, Serial started) => _origins.Find(one => one.Origin == request.Origin) is { } known
        ? request.Number <= known.Forgotten && !known.Requests.ContainsKey(request.Number)
        : _forgotten > started;

    public bool IsIn(Snapshot snapshot) => snapshot.Sessions.Length == _origins.Count
        && snapshot.ForgottenOrigins == _forgotten
        && snapshot.Sessions.Zip(_origins).All(pair => pair.First.Origin == pair.Second.Origin
            && (pair.First.Forgotten, pair.First.Latest) == (pair.Second.Forgotten, pair.Second.Latest)
            && pair.First.Answered.SequenceEqual(pair.Second.Requests.Values));

    private sealed class Known(Member origin)
    {
        public Member Origin => origin;

        public long Forgotten { get; set; }

        public Serial Latest { get; set; }

        public SortedDictionary<long, AnsweredRequest> Requests { get; } = [];
    }
}
