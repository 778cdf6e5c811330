using System.Collections.Immutable;

namespace RaftActors.Core;

/// <summary>
/// The committed requests and their places, so that a retry is answered and not appended again (thesis §6.3). They depend only on the
/// committed entries, so they are the same on every process, and part of a snapshot. Bounded: the latest requests of each origin, the
/// origins with the latest requests, and the requests of all origins together, of which those that are silent longest lose all but the
/// latest one.
/// <para>
/// Of an origin that is closed only the number of its last request stays, so that a late attempt is refused. These origins are bounded
/// apart, so that clients that come and go push out no other one.
/// </para>
/// </summary>
internal sealed class Sessions
{
    private readonly Dictionary<Member, LinkedListNode<Session>> _byOrigin = [];

    /// <summary>The origin of the latest request is at the end.</summary>
    private readonly LinkedList<Session> _byAge = [];

    /// <summary>The closed origins. The one that was closed last is at the end.</summary>
    private readonly LinkedList<Session> _closed = [];

    private readonly SessionBounds _bounds;

    // Those before it in the order of age have one request. Null: all have.
    private LinkedListNode<Session>? _firstFull;

    // The requests of all open origins.
    private int _inAll;

    public Sessions(SessionBounds bounds, ImmutableArray<SessionState> states, Serial forgotten)
    {
        (_bounds, Forgotten) = (bounds, forgotten);
        foreach (var state in states)
        {
            Remember(new Session(state.Origin, bounds.MaxRequests), state.Answered.IsEmpty ? _closed : _byAge).Restore(state);
            _inAll += state.Answered.Length;
        }

        _firstFull = _byAge.First;
    }

    /// <summary>The last serial of a request of a forgotten origin, or 0. Invariant: it never falls.</summary>
    public Serial Forgotten { get; private set; }

    private bool IsFull => _byAge.Count >= _bounds.MaxOrigins;

    /// <summary>Returns the session of an origin, or null.</summary>
    public Session? Of(Member origin) => _byOrigin.TryGetValue(origin, out var node) ? node.Value : null;

    public void Add(LogEntry entry)
    {
        // Numbers begin with 1. A session that remembers no request would be taken for a closed one.
        if (entry.Request is { Number: > 0 } request)
        {
            var session = Touch(request, entry.Serial);
            _inAll -= session.Count;
            session.Add(new AnsweredRequest(request.Number, entry.Index, entry.Serial));
            _inAll += session.Count;
            while (_inAll > _bounds.MaxInAll)
            {
                Thin();
            }
        }
        else if (entry.Close is { } close)
        {
            foreach (var last in close.Last)
            {
                Close(last);
            }
        }
    }

    /// <summary>
    /// Tells whether an origin without a session may have had one: its requests up to <see cref="Forgotten"/> may be in the log.
    /// </summary>
    /// <param name="started">A serial of the group from before the first attempt of its request, or 0.</param>
    public bool MayHaveForgotten(Serial started) => Forgotten > started;

    /// <summary>Returns the sessions for a snapshot: the closed origins, then the others. That of the latest request comes last.</summary>
    public ImmutableArray<SessionState> ToStates() => [.. _closed.Concat(_byAge).Select(session => session.ToState())];

    /// <summary>
    /// Returns the session of the request's origin, moved to the end. Once origins are forgotten, one that seems new may have been known
    /// before. Its requests below this one may have been committed then.
    /// </summary>
    private Session Touch(RequestId request, Serial serial)
    {
        var session = MovedToEnd(request) ?? Begin(request);
        session.Latest = serial;
        return session;
    }

    private Session? MovedToEnd(RequestId request)
    {
        if (_byAge.Last is { } last && last.Value.Origin == request.Origin)
        {
            _firstFull ??= last;
            return last.Value;
        }

        if (_byOrigin.TryGetValue(request.Origin, out var known))
        {
            if (known.List == _byAge)
            {
                Unlink(known);
                AddLast(known);
            }
            else if (request.Number > known.Value.Forgotten)
            {
                // The origin goes on after it was closed, as a process does that joins again.
                _closed.Remove(known);
                MakeRoom();
                AddLast(known);
            }

            return known.Value;
        }

        return null;
    }

    private Session Begin(RequestId request)
    {
        MakeRoom();
        return Remember(
            new Session(request.Origin, _bounds.MaxRequests, Forgotten > Serial.Zero ? request.Number - 1 : 0), _byAge);
    }

    /// <summary>Keeps the last number of an origin alone. Does nothing if the origin is not remembered.</summary>
    private void Close(RequestId last)
    {
        if (!_byOrigin.TryGetValue(last.Origin, out var known) || known.List == _closed)
        {
            return;
        }

        var session = known.Value;
        Drop(known);
        Remember(new Session(last.Origin, _bounds.MaxRequests, Math.Max(session.Highest, last.Number)), _closed).Latest = session.Latest;
        if (_closed.Count > _bounds.MaxClosed)
        {
            ForgetOldest(_closed);
        }
    }

    private void MakeRoom()
    {
        if (IsFull)
        {
            ForgetOldest(_byAge);
        }
    }

    private void ForgetOldest(LinkedList<Session> sessions)
    {
        var oldest = sessions.First!.Value;
        Drop(sessions.First);
        Forgotten = oldest.Latest > Forgotten ? oldest.Latest : Forgotten;
    }

    private void Drop(LinkedListNode<Session> known)
    {
        _byOrigin.Remove(known.Value.Origin);
        _inAll -= known.Value.Count;
        Unlink(known);
    }

    private Session Remember(Session session, LinkedList<Session> sessions)
    {
        LinkedListNode<Session> node = new(session);
        _byOrigin.Add(session.Origin, node);
        if (sessions == _byAge)
        {
            AddLast(node);
        }
        else
        {
            sessions.AddLast(node);
        }

        return session;
    }

    // Forgets all requests but the latest one of the origin that is silent longest, of those that have more.
    private void Thin()
    {
        var session = _firstFull!.Value; // Justification: each origin before it has one request, and there is room for these.
        _inAll -= session.Count;
        session.Thin();
        _inAll += session.Count;
        _firstFull = _firstFull.Next;
    }

    private void AddLast(LinkedListNode<Session> node)
    {
        _byAge.AddLast(node);
        _firstFull ??= node;
    }

    private void Unlink(LinkedListNode<Session> node)
    {
        if (_firstFull == node)
        {
            _firstFull = node.Next;
        }

        node.List!.Remove(node);
    }
}

/// <summary>The committed requests of one origin, by number. Beyond the capacity the lowest are forgotten.</summary>
/// <param name="capacity">The number of requests remembered.</param>
/// <param name="forgotten">Requests up to this number may have been committed and forgotten.</param>
internal sealed class Session(Member origin, int capacity, long forgotten = 0)
{
    /// <summary>A ring in the order of numbers, from <see cref="_first"/> on.</summary>
    private AnsweredRequest[] _ring = [];
    private int _first;
    private int _count;

    public Member Origin => origin;

    /// <summary>The number of committed requests that are remembered.</summary>
    public int Count => _count;

    /// <summary>A request up to this number that is not found was forgotten, or never came.</summary>
    public long Forgotten { get; private set; } = forgotten;

    /// <summary>The origin is closed, so no committed request is remembered.</summary>
    public bool IsClosed => _count == 0;

    /// <summary>The serial of the latest committed request.</summary>
    public Serial Latest { get; set; }

    /// <summary>The highest committed number.</summary>
    public long Highest => _count > 0 ? At(_count - 1).Number : Forgotten;

    /// <summary>Returns the committed request of this number, or null if it is not remembered.</summary>
    public AnsweredRequest? Find(long number)
    {
        var place = PlaceOf(number);
        return place < _count && At(place).Number == number ? At(place) : null;
    }

    /// <summary>Adds a committed request. A known one stays unchanged, because numbers are used once.</summary>
    public void Add(AnsweredRequest request)
    {
        var place = PlaceOf(request.Number);
        if (request.Number <= Forgotten || (place < _count && At(place).Number == request.Number))
        {
            return;
        }

        if (_count == capacity)
        {
            Forgotten = place == 0 ? request.Number : At(0).Number;
            if (place == 0)
            {
                return;
            }

            (_first, _count, place) = ((_first + 1) % _ring.Length, _count - 1, place - 1);
        }

        Grow();
        for (var i = _count; i > place; i--)
        {
            At(i) = At(i - 1); // Only overtaken numbers get here; the others belong at the end.
        }

        At(place) = request;
        _count++;
        Invariant.That(_count <= capacity && Forgotten < At(0).Number, "a session holds its latest requests, and no forgotten one");
    }

    /// <summary>Forgets all committed requests but the one with the highest number.</summary>
    public void Thin()
    {
        if (_count > 1)
        {
            Forgotten = At(_count - 2).Number;
            (_ring, _first, _count) = ([At(_count - 1)], 0, 1);
        }
    }

    public void Restore(SessionState state)
    {
        (Forgotten, Latest) = (state.Forgotten, state.Latest);
        (_ring, _first, _count) = ([.. state.Answered], 0, state.Answered.Length);
    }

    public SessionState ToState() => new(origin, Forgotten, Latest, [.. Enumerable.Range(0, _count).Select(place => At(place))]);

    private ref AnsweredRequest At(int place) => ref _ring[(_first + place) % _ring.Length];

    /// <summary>The first place whose number is not below this one.</summary>
    private int PlaceOf(long number)
    {
        if (_count == 0 || At(_count - 1).Number < number)
        {
            return _count;
        }

        var (low, high) = (0, _count - 1);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = At(middle).Number < number ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    private void Grow()
    {
        if (_count == _ring.Length)
        {
            var ring = new AnsweredRequest[Math.Min(Math.Max(2 * _count, 4), capacity)];
            for (var i = 0; i < _count; i++)
            {
                ring[i] = At(i);
            }

            (_ring, _first) = (ring, 0);
        }
    }
}
