namespace KeyValueTrials.Load;

/// <summary>One client: it sends one request after the other, keeps its session, and repeats writes by their Idempotency-Key.</summary>
/// <param name="groups">The group of each key. The first write of a key tells it.</param>
internal sealed class Caller(int number, CallBook book, Dictionary<string, string> groups, Func<IReadOnlyList<NodeClient>> nodes)
{
    private const int AttemptsMax = 5;

    private readonly string _name = $"client {number}";
    private readonly Random _random = new();
    private readonly Dictionary<string, long> _etags = [];
    private Session _session = Session.Empty;
    private int _node;

    /// <summary>Writes one key again and again, so that its downtime can be measured.</summary>
    /// <param name="isKeyed">Repeats writes by their key, and soon leaves a silent node. Otherwise waits for 503 or 504.</param>
    public async Task WriteSteadily(string key, bool isKeyed, TimeSpan pause, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await Write(key, isDelete: false, condition: null, isKeyed, TimeSpan.FromSeconds(isKeyed ? 1 : 5));
            await Poll.Wait(pause, stop);
        }
    }

    /// <summary>Calls of all kinds over all keys.</summary>
    /// <param name="quiet">Keys that are only read.</param>
    public async Task CallRandomly(
        IReadOnlyList<string> keys, IReadOnlyList<string> quiet, TimeSpan pauseMax, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var key = keys[_random.Next(keys.Count)];
            var readKey = _random.Next(4) == 0 ? quiet[_random.Next(quiet.Count)] : key;
            var isKeyed = _random.Next(3) > 0;
            // The timeouts of some clients are short: their requests end without an answer, and are made all the same.
            var timeout = TimeSpan.FromMilliseconds(_random.Next(5) == 0 ? _random.Next(5, 300) : 8000);
            await (_random.Next(100) switch
            {
                < 24 => Write(key, isDelete: false, null, isKeyed, timeout),
                < 40 => Write(key, isDelete: false, _etags.GetValueOrDefault(key), isKeyed, timeout),
                < 44 => Write(key, isDelete: false, WriteCall.IfAbsent, isKeyed, timeout),
                < 48 => Write(key, isDelete: false, WriteCall.IfPresent, isKeyed, timeout),
                < 53 => Write(key, isDelete: true, null, isKeyed, timeout),
                < 57 => Write(key, isDelete: true, _etags.GetValueOrDefault(key, WriteCall.IfPresent), isKeyed, timeout),
                < 68 => Read(readKey, Level.Linearizable, timeout),
                < 78 => Read(readKey, Level.Lease, timeout),
                < 85 => Read(readKey, Level.Session, timeout),
                _ => Read(readKey, Level.Local, timeout),
            });
            if (_random.Next(3) == 0)
            {
                // At once, and at another node: it may not have the latest call of this session yet.
                _node++;
                await Read(key, Level.Session, timeout);
            }

            await Poll.Wait(pauseMax * _random.NextDouble(), stop);
        }
    }

    /// <summary>Writes until an attempt is committed, and returns the call.</summary>
    public async Task<WriteCall> WriteSurely(string key, TimeSpan timeout)
    {
        var since = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(since) < timeout)
        {
            var call = await Write(key, isDelete: false, condition: null, isKeyed: true, TimeSpan.FromSeconds(10));
            if (call.End == WriteEnd.Committed)
            {
                return call;
            }
        }

        throw new TrialFailure($"no write of {key} was committed within {timeout.TotalSeconds} s");
    }

    private async Task<WriteCall> Write(string key, bool isDelete, long? condition, bool isKeyed, TimeSpan timeout)
    {
        var call = book.Begin(_name, key, condition, isDelete ? null : "v");
        var repeatKey = isKeyed ? $"{number}-{call.Began}" : null;
        var isSure = true;
        for (var attempt = 1; ; attempt++)
        {
            var answer = await Attempt(call, repeatKey, timeout);
            isSure &= answer.End != WriteEnd.Unknown;
            if (answer.End is WriteEnd.Committed or WriteEnd.Refused)
            {
                End(call, answer);
                break;
            }

            _node++;
            if (!isKeyed || attempt == AttemptsMax)
            {
                // An earlier attempt may still be under way, so the last one does not speak for all.
                book.End(call, isSure ? WriteEnd.NotCommitted : WriteEnd.Unknown, 0);
                return call;
            }

            book.CountRepeat();
            await Task.Delay(_random.Next(20, 200));
        }

        if (isKeyed && _random.Next(10) == 0)
        {
            book.CountRepeat();
            _node += _random.Next(3);
            var again = await Attempt(call, repeatKey, timeout);
            if (again.End is WriteEnd.Committed or WriteEnd.Refused)
            {
                End(call, again);
            }
        }

        return call;
    }

    // With the session of this client the answer would not tell the serial of a DELETE or of a refused change.
    private Task<WriteAnswer> Attempt(WriteCall call, string? repeatKey, TimeSpan timeout) => Node().Write(
        call, repeatKey, call is { Value: not null, Condition: null } && _random.Next(2) == 0 ? _session : null, timeout);

    private void End(WriteCall call, WriteAnswer answer)
    {
        var session = answer.Session ?? throw new TrialFailure($"the answer to '{call}' has no Raft-Session");
        if (!groups.TryGetValue(call.Key, out var group))
        {
            // The first write of a key, before other clients start.
            groups[call.Key] = group = session.Groups.Single();
        }

        var serial = answer.Serial ?? session[group];
        book.End(call, answer.End, serial, answer.WasAbsent);
        _session = _session.With(session);
        _etags[call.Key] = serial;
    }

    private async Task Read(string key, Level level, TimeSpan timeout)
    {
        var (client, group, before) = (Node(), groups[key], _session);
        var (life, began) = (client.Node.Life, Stopwatch.GetTimestamp());
        var sent = level == Level.Session || _random.Next(2) == 0 ? before : null;
        if (await client.Read(key, level, sent, timeout) is not { } answer)
        {
            _node++;
            book.CountUnanswered();
            return;
        }

        var (ended, seen, at) = (Stopwatch.GetTimestamp(), sent?[group] ?? 0, answer.Session[group]);
        life = life == client.Node.Life ? life : $"{life} to {client.Node.Life}";
        book.Add(new ReadCall(
            _name, key, level, life, seen, began, ended, answer.Serial, answer.Value, at > seen ? at : null));
        _session = _session.With(answer.Session);
        _etags[key] = answer.Serial > 0 ? answer.Serial : WriteCall.IfAbsent;
    }

    private NodeClient Node()
    {
        var all = nodes();
        return all[(number + _node) % all.Count];
    }
}
