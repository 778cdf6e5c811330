using System.Collections.Immutable;

namespace RaftActors.Core;

/// <summary>
/// Which requests are committed, and where, so that a retry is answered and not appended again (thesis §6.3). It follows from the committed
/// entries alone, so it is the same on every process, and is part of a snapshot. Bounded: the latest requests of each origin, and the
/// origins that were heard of last.
/// </summary>
internal sealed class Sessions
{
    private readonly Dictionary<Member, LinkedListNode<Session>> _byOrigin = [];

    /// <summary>The one heard of last is at the end.</summary>
    private readonly LinkedList<Session> _byAge = [];

    private readonly SessionBounds _bounds;

    /// <summary>Starts from a snapshot's.</summary>
    public Sessions(SessionBounds bounds, ImmutableArray<SessionState> states)
    {
        _bounds = bounds;
        foreach (var state in states)
        {
            Remember(new Session(state.Origin, bounds.MaxRequests)).Restore(state);
        }
    }

    /// <summary>Some origin may have been forgotten.</summary>
    public bool IsFull => _byAge.Count >= _bounds.MaxOrigins;

    /// <summary>What is known of an origin; null if nothing is.</summary>
    public Session? Of(Member origin) => _byOrigin.TryGetValue(origin, out var node) ? node.Value : null;

    /// <summary>An entry was committed.</summary>
    public void Add(LogEntry entry)
    {
        if (entry.Payload is Payload.Pair { Request: { } request })
        {
            Touch(request).Add(new AnsweredRequest(request.Number, entry.Index, entry.Serial));
        }
    }

    /// <summary>As a snapshot holds it: the origin of the latest request comes last.</summary>
    public ImmutableArray<SessionState> ToStates() => [.. _byAge.Select(session => session.ToState())];

    /// <summary>
    /// The session of a request's origin, which is now the one heard of last. Where origins are forgotten, one that seems new may have been
    /// here before, and its requests below this one may have been committed then.
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
