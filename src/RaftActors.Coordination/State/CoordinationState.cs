using System.Collections.Immutable;

using static RaftActors.Coordination.State.Answer;

namespace RaftActors.Coordination.State;

/// <summary>
/// The replicated state: sessions, the locks that they hold, and items. Deterministic: equal commands with equal serials give equal states
/// on all processes, and no clock is read. Not thread-safe.
/// <para>
/// Invariants, which the tests check: a lock has at most as many holders as permits; the token of each grant is higher than that
/// of every earlier grant of the same lock, and equal only if one pair grants several permits of a semaphore; each claim, and each item
/// of a session, belongs to an open session; a claim waits only while no permit is free.
/// </para>
/// </summary>
internal sealed class CoordinationState
{
    /// <summary>The most open sessions, one for each node or program.</summary>
    public const int SessionsMax = 10_000;

    /// <summary>The most claims, holding or waiting, of all sessions together.</summary>
    public const int ClaimsMax = 100_000;

    /// <summary>The longest name, owner, claim or text, in UTF-16 units.</summary>
    public const int TextMax = 1_000;

    private readonly Dictionary<long, Session> _sessions = [];
    private readonly Dictionary<string, Lock> _locks = new(StringComparer.Ordinal);
    private Items _items;
    private int _claims;
    private long _era;

    /// <param name="changesMax">The same on all processes of the group.</param>
    public CoordinationState(int changesMax = Items.ChangesMax) => _items = new Items(changesMax, Touched);

    /// <summary>The <see cref="Entry{TValue}.Era"/> of the latest pair.</summary>
    public long Era => _era;

    /// <summary>What the latest pair has changed, except the locks that a new era ends.</summary>
    public List<Topic> Touched { get; } = [];

    /// <summary>
    /// Returns why a command must not be appended, or null. Depends only on its arguments. <see cref="Apply"/> calls it, too, so a change
    /// of the rules is a change of the state machine.
    /// </summary>
    public static string? FindFault(string name, Command? command) =>
        TooLong(name, "name")
        ?? command switch
        {
            Command.Open open => OutOfRange(open.Timeout, TimeSpan.FromDays(1), "timeout of the session"),
            Command.Acquire { Permits: < 1 } acquire => $"The number of permits is {acquire.Permits}; it must be 1 or more.",
            Command.Acquire acquire => TooLong(acquire.Text ?? "", "text"),
            Command.Put put => FaultOf(put.Value, put.Lifetime),
            Command.Commit commit => FaultOf(commit.Parts),
            Command.Renew or Command.Close or Command.Release or Command.Break or Command.End or Command.Add or Command.Delete => null,
            _ => $"The value is {command?.GetType().Name ?? "null"}, which is no command. Use RaftCoordination, which appends commands.",
        };

    /// <summary>
    /// Applies a pair. Each pair that may be in the log has an answer, because an exception would stop all processes at this pair.
    /// </summary>
    /// <param name="client">The client that appended it, or null for a process of the group.</param>
    /// <param name="era">Its era. All numbers of the state, such as tokens and versions, are stamps: the sum of the era and the
    /// serial.</param>
    public Answer Apply(string name, Command? command, long serial, Guid? client = null, long era = 0)
    {
        var stamp = Begin(serial, era);
        var answer = FindFault(name, command) is { } fault
            ? new Refused(fault)
            : FindObstacle(command!, client) ?? Change(name, command!, stamp, client); // Justification: null has a fault.
        return era == 0 ? answer : answer with { Era = era };
    }

    /// <summary>Applies the pair of a reminder: a session or an item has expired. Has no effect if it does not exist.</summary>
    public void Expire(Topic topic, long serial, long era = 0)
    {
        var stamp = Begin(serial, era);
        if (topic.Kind == TopicKind.Item)
        {
            _items.Delete(topic.Name, null, stamp);
        }
        else if (_sessions.ContainsKey(topic.Session))
        {
            End(topic.Session, stamp);
        }
    }

    /// <summary>Returns the time after which a session or an item expires, or null if it does not exist or never expires.</summary>
    public TimeSpan? TimeoutOf(Topic topic) => topic.Kind == TopicKind.Item
        ? _items.Find(topic.Name)?.Lifetime
        : _sessions.GetValueOrDefault(topic.Session)?.Timeout;

    public object Answer(Question question) => question switch
    {
        Question.OfClaim asked => Find(asked),
        Question.OfLock asked => View(asked.Name),
        Question.OfItem asked => new ItemsView(true, _items.Find(asked.Name) is { } item ? [item] : []),
        Question.OfChanges asked => _items.ChangesAfter(asked.Prefix, asked.After) with { Era = _era },
        _ => throw new InvalidDataException($"This node does not know the question {question.GetType().Name}. Update the node."),
    };

    /// <summary>Describes sessions and locks for people. Visits all of them, which takes some milliseconds at the bounds.</summary>
    /// <param name="leftOf">Returns the time that a session has left.</param>
    public RaftOverview Describe(string process, Func<Session, TimeSpan> leftOf) => new(
        process,
        [
            .. _sessions.Values
                .Select(each => new RaftSessionOverview(
                    each.Id, RaftOverview.Short(each.Owner), each.Timeout, each.Claims.Count, leftOf(each)))
                .OrderByDescending(each => each.IsLate)
                .ThenBy(each => each.Owner, StringComparer.Ordinal)
                .ThenBy(each => each.Id)
                .Take(RaftOverview.RowsMax),
        ],
        _sessions.Count,
        [
            .. _locks
                .OrderByDescending(each => each.Value.WaitingCount)
                .ThenBy(each => each.Key, StringComparer.Ordinal)
                .Take(RaftOverview.RowsMax)
                .Select(each => each.Value.Describe(each.Key, RaftOverview.ClaimsMax)),
        ],
        _locks.Count);

    public RaftOverview DescribeLock(string process, string name) => new(
        process,
        [],
        _sessions.Count,
        _locks.TryGetValue(name, out var found) ? [found.Describe(name, RaftOverview.LockClaimsMax)] : [],
        _locks.Count);

    public CoordinationImage ToImage() => new(
        [
            .. _sessions.Values.OrderBy(each => each.Id)
                .Select(each => each.ToImage()),
        ],
        [.. _locks.OrderBy(each => each.Key, StringComparer.Ordinal).Select(each => each.Value.ToImage(each.Key))],
        _items.ToImage(),
        _era);

    /// <summary>A hash of the state, equal for equal images. Visits sessions and claims, which takes milliseconds at the bounds.</summary>
    public ulong Digest()
    {
        var sum = _items.Digest;
        foreach (var session in _sessions.Values)
        {
            sum += session.Digest();
        }

        foreach (var (name, each) in _locks)
        {
            sum += each.Digest(name);
        }

        return StateHash.Mix(sum, (ulong)_era);
    }

    public static CoordinationState Of(CoordinationImage image, int changesMax = Items.ChangesMax)
    {
        var state = new CoordinationState(changesMax) { _era = image.Era };
        state._items = Items.Of(image.Items, changesMax, state.Touched);
        foreach (var session in image.Sessions)
        {
            state._sessions.Add(session.Id, new Session(session.Id, session.Owner, session.Timeout, session.Client)
            {
                LastClaim = session.LastClaim,
                Broken = [.. session.Broken ?? []],
                IsEnding = session.IsEnding,
            });
        }

        foreach (var each in image.Locks)
        {
            var made = state._locks[each.Name] = Lock.Of(each);
            foreach (var claim in made.All)
            {
                state._sessions[claim.Session].Claims.Add((each.Name, claim.Claim));
                state._claims++;
            }
        }

        return state;
    }

    private static string? FaultOf(ImmutableArray<ItemPart> parts)
    {
        if (parts.IsDefaultOrEmpty)
        {
            return "The transaction names no item. Expect, write or delete one.";
        }

        if (parts.Length > Items.PartsMax)
        {
            return $"The transaction names {parts.Length} items; at most {Items.PartsMax} are allowed. Divide it.";
        }

        var bytes = parts.Sum(part => (long)Items.SizeOf(part.Name, part.Value));
        return parts.GroupBy(part => part.Name, StringComparer.Ordinal).FirstOrDefault(each => each.Count() > 1) is { Key: var twice }
            ? $"The transaction names '{twice}' twice. Give one expectation and one change of an item."
            : parts.Select(FaultOf).FirstOrDefault(fault => fault is not null)
            ?? (bytes > Items.CommitBytesMax
                ? $"The transaction has {bytes} bytes in JSON; at most {Items.CommitBytesMax} are allowed. Divide it."
                : null);
    }

    private static string? FaultOf(ItemPart part) => TooLong(part.Name, "name") ?? FaultOf(part.Value ?? "", part.Lifetime);

    private static string? FaultOf(string value, TimeSpan? lifetime) => TooLong(value, "value", Items.ValueMax)
        ?? (lifetime is { } time ? OutOfRange(time, TimeSpan.FromDays(365), "lifetime of the item") : null);

    private static string? TooLong(string text, string what, int max = TextMax) => text.Length > max
        ? $"The {what} has {text.Length} characters; at most {max} are allowed."
        : null;

    private static string? OutOfRange(TimeSpan time, TimeSpan max, string what) => time < TimeSpan.FromMilliseconds(100) || time > max
        ? $"The {what} is {time}; it must be from 100 ms to {max.Days} days."
        : null;

    /// <summary>
    /// Checks the rights of a client. A session obeys only the client that opened it. The number of a session or claim proves nothing,
    /// because others can read it.
    /// </summary>
    private Answer? FindObstacle(Command command, Guid? client) => command switch
    {
        Command.Renew renew => FindObstacle(renew.Session, client),
        Command.Close close => FindObstacle(close.Session, client, endsToo: true),
        Command.Acquire acquire => FindObstacle(acquire.Session, client, acquire.Claim),
        Command.Release release => FindObstacle(release.Session, client, release.Claim, endsToo: true),
        Command.Put { Session: not 0 } put => FindObstacle(put.Session, client),
        Command.Commit { Session: not 0 } commit => FindObstacle(commit.Session, client),
        Command.End end when !_sessions.ContainsKey(end.Session) => new NoSession(),
        _ => null,
    };

    // A release may overtake the claims that its program is sending, of which there are fewer than the group admits.
    private Answer? FindObstacle(long id, Guid? client, long claim = 0, bool endsToo = false) =>
        !_sessions.TryGetValue(id, out var session) || !session.Obeys(client) || (session.IsEnding && !endsToo) ? new NoSession()
        : claim < 0 || claim > session.LastClaim + ClaimsMax
            ? new Refused($"The claim {claim} is not one of the next {ClaimsMax} after {session.LastClaim}. Count the claims of a session.")
        : null;

    private long Begin(long serial, long era)
    {
        Touched.Clear();
        var stamp = era + serial;
        if (era != _era)
        {
            BeginEra(era, stamp);
        }

        return stamp;
    }

    // The group was restored. A program may have lost its session or locks in it, and a watcher may have seen changes that are gone. So
    // sessions and locks end with their era, and each watcher is told all items.
    private void BeginEra(long era, long stamp)
    {
        foreach (var session in _sessions.Keys.Order())
        {
            Touched.Add(_sessions[session].Topic);
            _items.DeleteOf(session, stamp);
        }

        _sessions.Clear();
        _locks.Clear();
        _items.Forget(stamp - 1);
        (_claims, _era) = (0, era);
    }

    private Answer Change(string name, Command command, long serial, Guid? client) => command switch
    {
        Command.Open open => Open(name, open, serial, client),
        Command.Renew renew => Renew(_sessions[renew.Session]),
        Command.Close close => End(close.Session, serial),
        Command.End end => EndLater(_sessions[end.Session]),
        Command.Break broken => Break(name, broken),
        Command.Acquire acquire => Acquire(name, acquire, _sessions[acquire.Session], serial),
        Command.Release release => Release(name, release, _sessions[release.Session], serial),
        Command.Put put => _items.Put(name, put, serial),
        Command.Add add => _items.Add(name, add.Delta, serial),
        Command.Delete delete => _items.Delete(name, delete.Expected, serial),
        Command.Commit commit => _items.Commit(commit, serial),
        _ => throw new InvalidOperationException($"A {command.GetType().Name} is a fault."),
    };

    private Answer Open(string owner, Command.Open open, long serial, Guid? client)
    {
        if (_sessions.Count >= SessionsMax)
        {
            return new Refused($"The group has {SessionsMax} open sessions. Close some, or wait until those of dead programs expire.");
        }

        var session = new Session(serial, owner, open.Timeout, client);
        _sessions.Add(serial, session);
        Touched.Add(session.Topic);
        return new Done();
    }

    // Touching the session restarts its reminder.
    private Answer Renew(Session session)
    {
        Touched.Add(session.Topic);
        return session.Broken.Count == 0 ? new Done() : new Broken([.. session.Broken]);
    }

    // The session is not touched, so its reminder goes on, and no renewal moves it.
    private static Done EndLater(Session session)
    {
        session.IsEnding = true;
        return new Done();
    }

    private Answer Break(string name, Command.Break broken)
    {
        var claims = _locks.GetValueOrDefault(name)?.HeldBy(broken.Token, broken.Session).ToList() ?? [];
        if (claims.Count == 0)
        {
            return new Held();
        }

        _sessions[broken.Session].Broken.UnionWith(claims.Select(each => each.Claim));
        return new Done();
    }

    private Done End(long id, long serial)
    {
        var session = _sessions[id];
        _sessions.Remove(id);
        Touched.Add(session.Topic);

        // All claims are removed before permits are granted. Otherwise a waiting claim of the ended session would be granted one.
        foreach (var (name, claim) in session.Claims)
        {
            Remove(name, id, claim);
        }

        foreach (var name in session.Claims.Select(each => each.Lock).Distinct())
        {
            Grant(name, serial);
        }

        _items.DeleteOf(id, serial);
        return new Done();
    }

    private Answer Acquire(string name, Command.Acquire acquire, Session session, long serial)
    {
        if (_locks.TryGetValue(name, out var known))
        {
            if (known.Permits != acquire.Permits)
            {
                return new Refused($"'{name}' has {known.Permits} permits, and {acquire.Permits} were named. Use one number everywhere.");
            }

            if (known.Find(acquire.Session, acquire.Claim) is { } answer)
            {
                return answer;
            }
        }

        if (acquire.Claim <= session.LastClaim)
        {
            return new Ended();
        }

        session.LastClaim = acquire.Claim;
        if (known is { HasFree: false } && !acquire.Waits)
        {
            return new Held();
        }

        if (_claims >= ClaimsMax)
        {
            return new Refused($"The group has {ClaimsMax} claims that hold a lock or wait for one. Release some.");
        }

        var each = known ?? (_locks[name] = new Lock(acquire.Permits));
        session.Claims.Add((name, acquire.Claim));
        _claims++;
        each.Add(new RaftClaim(session.Owner, acquire.Session, acquire.Claim, 0, acquire.Text));
        Grant(name, serial);
        return each.Find(acquire.Session, acquire.Claim)!; // Justification: just added.
    }

    private Done Release(string name, Command.Release release, Session session, long serial)
    {
        session.LastClaim = Math.Max(session.LastClaim, release.Claim);
        session.Broken.Remove(release.Claim);
        if (session.Claims.Remove((name, release.Claim)))
        {
            Remove(name, release.Session, release.Claim);
            Grant(name, serial);
        }

        return new Done();
    }

    private void Remove(string name, long session, long claim)
    {
        Touched.Add(new Topic(TopicKind.Claim, name, session, claim));
        if (_locks[name].Remove(session, claim))
        {
            Touched.Add(new Topic(TopicKind.Lock, name));
        }

        _claims--;
    }

    private void Grant(string name, long serial)
    {
        var each = _locks[name];
        while (each.TryGrant(serial) is { } granted)
        {
            Touched.Add(new Topic(TopicKind.Claim, name, granted.Session, granted.Claim));
            Touched.Add(new Topic(TopicKind.Lock, name));
        }

        if (each.IsEmpty)
        {
            _locks.Remove(name);
        }
    }

    private Answer Find(Question.OfClaim asked) =>
        !_sessions.ContainsKey(asked.Session) ? new NoSession()
        : _locks.GetValueOrDefault(asked.Name)?.Find(asked.Session, asked.Claim) ?? new Held();

    private LockView View(string name) => _locks.GetValueOrDefault(name)?.View() ?? new LockView([], 0);

    /// <param name="id">The stamp of the pair that opened it.</param>
    /// <param name="client">The client that opened it. If null, the session obeys all.</param>
    internal sealed class Session(long id, string owner, TimeSpan timeout, Guid? client)
    {
        public long Id => id;

        public Guid? Client => client;

        public string Owner => owner;

        public TimeSpan Timeout => timeout;

        public Topic Topic { get; } = Topic.OfSession(id);

        /// <summary>The highest number of its claims, ended or not, or -1.</summary>
        public long LastClaim { get; set; } = -1;

        /// <summary>The claims that an operator has taken away, until they are released.</summary>
        public SortedSet<long> Broken { get; init; } = [];

        public bool IsEnding { get; set; }

        public SessionImage ToImage() => new(Id, Owner, Timeout, LastClaim, Client, Broken.Count > 0 ? [.. Broken] : null, IsEnding);

        public bool Obeys(Guid? other) => client is null || client == other;

        public ulong Digest()
        {
            var hash = StateHash.Extend(StateHash.Extend(0, owner), client?.ToByteArray());
            foreach (var number in (ReadOnlySpan<long>)[id, timeout.Ticks, LastClaim, IsEnding ? 1 : 0, .. Broken])
            {
                hash = StateHash.Mix(hash, (ulong)number);
            }

            return hash;
        }

        /// <summary>What it holds or waits for, sorted, so that its end grants locks in the same order on all processes.</summary>
        public SortedSet<(string Lock, long Claim)> Claims { get; } = new(Comparer<(string Lock, long Claim)>.Create((one, other) =>
            string.CompareOrdinal(one.Lock, other.Lock) is not 0 and var order ? order : one.Claim.CompareTo(other.Claim)));
    }
}
