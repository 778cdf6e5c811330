using System.Collections.Immutable;

namespace RaftActors.Core;

/// <summary>
/// The committed requests and their places, so that a retry is answered and not appended again (thesis §6.3). They follow from the
/// committed entries alone, so they are the same on every process, and part of a snapshot. Bounded: the latest requests of each
/// origin, and the origins with the latest requests.
/// </summary>
internal sealed class Sessions
{
    private readonly Dictionary<Member, LinkedListNode<Session>> _byOrigin = [];

    /// <summary>The origin of the latest request is at the end.</summary>
    private readonly LinkedList<Session> _byAge = [];

    private readonly SessionBounds _bounds;

    /// <summary>Starts from the sessions of a snapshot.</summary>
    public Sessions(SessionBounds bounds, ImmutableArray<SessionState> states)
    {
        _bounds = bounds;
        foreach (var state in states)
        {
            Remember(new Session(state.Origin, bounds.MaxRequests)).Restore(state);
        }
    }

    /// <summary>An origin may have been forgotten.</summary>
    public bool IsFull => _byAge.Count >= _bounds.MaxOrigins;

    /// <summary>The session of an origin; null if none is known.</summary>
    public Session? Of(Member origin) => _byOrigin.TryGetValue(origin, out var node) ? node.Value : null;

    /// <summary>Adds a committed entry.</summary>
    public void Add(LogEntry entry)
    {
        if (entry.Request is { } request)
        {
            Touch(request).Add(new AnsweredRequest(request.Number, entry.Index, entry.Serial));
        }
    }

    /// <summary>The sessions as a snapshot holds them: the origin of the latest request comes last.</summary>
    public ImmutableArray<SessionState> ToStates() => [.. _byAge.Select(session => session.ToState())];

    /// <summary>
    /// The session of the request's origin, moved to the end. Once origins are forgotten, one that seems new may have been known
    /// before. Its requests below this one may have been committed then.
    /// </summary>
    private Session Touch(RequestId request)
    {
        var origin = request.Origin;
        if (_byAge.Last is { } last && last.Value.Origin == origin)
        {
            return last.Value;
        }

        if (_byOrigin.TryGetValue(origin, out var known))
        {
            _byAge.Remove(known);
            _byAge.AddLast(known);
            return known.Value;
        }

        if (!IsFull)
        {
            return Remember(new Session(origin, _bounds.MaxRequests));
        }

        _byOrigin.Remove(_byAge.First!.Value.Origin);
        _byAge.RemoveFirst();
        return Remember(new Session(origin, _bounds.MaxRequests, forgotten: request.Number - 1));
    }

    private Session Remember(Session session)
    {
        _byOrigin.Add(session.Origin, _byAge.AddLast(session));
        return session;
    }
}
