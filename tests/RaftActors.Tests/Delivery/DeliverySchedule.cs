using Akka.Actor;

using RaftActors.Delivery;

namespace RaftActors.Tests.Delivery;

/// <summary>
/// One actor's deliveries under a random schedule of quorum, leader, commits, Gets, their ends, Queries, snapshots and restarts. The actor
/// requests all, some or none of the missing pairs. Reports a pair that is delivered twice in a life or never, a hole before a pair that no
/// Get of the actor explains or before a Query, a Query without an answer, and an own Append that does not end exactly once in a life. At
/// the end of the schedule all pairs are committed, and all Gets are answered.
/// </summary>
/// <param name="pulls">Null: the actor fetches no pairs.</param>
internal sealed class DeliverySchedule(int seed, LearnerDelivery? pulls)
{
    private const int GetWindow = 3;

    private static readonly ProcessName Self = new("raft1@node1@localhost");
    private static readonly ProcessName Other = new("raft2@node2@localhost");

    private readonly Random _random = new(seed);
    private readonly CommittedLog _log = new();
    private readonly List<string> _trace = [];
    private readonly SortedDictionary<long, (RequestRef Request, long Serial)> _gets = [];
    private readonly Dictionary<RequestRef, int> _ownEnds = [];
    private readonly Dictionary<RequestRef, long> _ownSerials = [];
    private readonly HashSet<long> _delivered = [];
    private readonly Dictionary<RequestRef, long> _queries = [];
    private readonly List<string> _problems = [];

    private long _requests;
    private bool _isMember;
    private bool _hasQuorum;

    // The latest leader's term and serial.
    private (int Term, long Serial)? _leader;
    private bool _isEnding;

    // The present life has requested pairs besides those of a gap. They come in the order of its requests.
    private bool _hasOwnGets;

    // The last serial committed here, and the last one committed anywhere.
    private long _told;
    private long _highest;

    // The serial of the snapshot that the actor reads.
    private long _latestSnapshot;

    private DeliveryOrder _order = null!; // Justification: Run makes it first.

    /// <returns>Null: all deliveries were correct.</returns>
    public string? Run()
    {
        Attach();
        var steps = _random.Next(4, 30);
        for (var i = 1; i <= steps; i++)
        {
            DoSomething(term: i);
        }

        End();
        Check();
        return _problems.Count == 0 ? null : $"seed {seed}: {_problems[0]}: {string.Join(' ', _trace)}";
    }

    private void DoSomething(int term)
    {
        // Every other schedule is rich in Gets.
        switch (_random.Next(seed % 2 == 0 ? 11 : 16))
        {
            case 0:
                _isMember = _random.Next(2) == 0;
                TellQuorum();
                break;
            case 1:
                _highest += _random.Next(3);
                TellLeader(term, _highest);
                break;
            case 2 or 3 or 4:
                Commit(isOwn: _random.Next(3) == 0);
                break;
            case 5 or 11 or 12 when pulls is not null:
                _hasOwnGets = true;
                Get(new Serial(_random.NextInt64(1, _highest + 3)), "get");
                Drain();
                break;
            case 6 or 13 or 14 when _gets.Count > 0:
                AnswerIfCommitted(AnyGet());
                break;
            case 7 or 15 when _gets.Count > 0:
                Cancel(AnyGet(), new CancelReason.Unavailable());
                break;
            case 8 when _random.Next(2) == 0:
                Restore(_told + _random.Next(1, 4));
                break;
            case 9:
                Query();
                break;
            case 10 when _random.Next(2) == 0:
                Restart();
                break;
        }
    }

    private void Attach()
    {
        _order = _log.NewOrder(pulls);
        _order.Take(new ToActor.Attached(1, ActorRefs.NoSender!, new Serial(_random.Next(8) + _told)));
    }

    // The engine tells the next life all that it told the life before. Only the last snapshot is told, not its pairs.
    private void Restart()
    {
        _trace.Add("restart");
        _delivered.Clear();
        _gets.Clear();
        _hasOwnGets = false;
        _queries.Clear();
        foreach (var own in _ownEnds.Where(own => own.Value == 1).Select(own => own.Key).ToArray())
        {
            _ownEnds[own] = 0;
        }

        Attach();
        if (_latestSnapshot > 0)
        {
            Take(new ToActor.Restore(1, new Serial(_latestSnapshot)));
        }

        if (_hasQuorum)
        {
            TellQuorum();
        }

        if (_leader is var (term, serial))
        {
            TellLeader(term, Math.Max(serial, _told));
        }

        Take(new ToActor.Committed(1, new Serial(_told)));
    }

    private void Query()
    {
        // A linearizable query needs all that is committed here, another one may need less.
        var serial = _random.Next(2) == 0 ? _told : _random.NextInt64(_told + 1);
        _trace.Add($"query at {serial}");
        var request = NewRequest();
        _queries.Add(request, serial);
        Take(new ToActor.Readable(1, request, new Serial(serial)));
    }

    private void End()
    {
        _trace.Add("end");
        _isEnding = true;
        TellQuorum();
        TellLeader(1000, _highest);
        for (var last = _highest + 2; _told < last;)
        {
            Commit(isOwn: false);
        }

        // A reserved Get is made when another one ends.
        while (_gets.Count > 0)
        {
            Cancel(_gets.First().Value.Request, new CancelReason.Unavailable());
        }
    }

    private void Check()
    {
        for (var serial = 1L; serial <= _told; serial++)
        {
            Demand(_delivered.Contains(serial), $"{serial} is never delivered");
        }

        foreach (var (own, ends) in _ownEnds)
        {
            Demand(ends == 1, $"own Append {own.Number} ends {ends} times");
        }

        Demand(_queries.Count == 0, $"{_queries.Count} Queries are never answered");
    }

    private void TellQuorum()
    {
        _trace.Add(_isMember ? "member" : "learner");
        _hasQuorum = true;
        Take(new ToActor.QuorumIs(1, new Quorum(_isMember ? [Self, Other] : [Other], _isMember)));
    }

    private void TellLeader(int term, long serial)
    {
        _trace.Add($"leader at {serial}");
        _leader = (term, serial);
        Take(new ToActor.LeaderIs(1, new Leader(Other, null, term, new Serial(serial), isSelf: false, isReady: true)));
    }

    private void Commit(bool isOwn)
    {
        _told++;
        _highest = Math.Max(_highest, _told);
        RequestRef? own = isOwn ? NewRequest() : null;
        if (own is { } request)
        {
            _ownEnds.Add(request, 0);
            _ownSerials.Add(request, _told);
        }

        _trace.Add($"commit {_told}{(isOwn ? " own" : "")}");
        _log.Commit(_order, _told, own);
        Drain();
    }

    private void Restore(long serial)
    {
        _trace.Add($"snapshot {serial}");
        _highest = Math.Max(_highest, serial);
        (_told, _latestSnapshot) = (serial, serial);
        foreach (var get in _gets.Values.Where(get => get.Serial <= serial).ToArray())
        {
            Cancel(get.Request, new CancelReason.Compacted());
        }

        _log.StartAfter(serial);
        Take(new ToActor.Restore(1, new Serial(serial)));
    }

    private void Get(Serial serial, string word)
    {
        _trace.Add($"{word} {serial}");
        var request = NewRequest();
        _order.Pulled!.Asked(request, serial);
        _gets.Add(request.Number, (request, serial.Value));
    }

    private void AnswerIfCommitted(RequestRef request)
    {
        var serial = _gets[request.Number].Serial;
        if (serial <= _highest)
        {
            _gets.Remove(request.Number);
            _trace.Add($"answer {serial}");
            Take(new ToActor.Answered(1, request, CommittedLog.PairOf(serial)));
        }
    }

    private void Cancel(RequestRef request, CancelReason reason)
    {
        _trace.Add($"cancel {_gets[request.Number].Serial}");
        _gets.Remove(request.Number);
        Take(new ToActor.Cancelled(1, request, reason));
    }

    private void Take(ToActor message)
    {
        _order.Take(message);
        Drain();
    }

    // As the actor does. It stops where a snapshot could not be restored and the supervisor resumed it.
    private void Drain()
    {
        AskReserved();
        while (_order.TryTakeNext() is { } step)
        {
            if (step is DeliveryStep.Restore && !_isEnding && _random.Next(4) == 0)
            {
                _trace.Add("(resumed)");
                return;
            }

            Deliver(step);
            AskReserved();
        }
    }

    private void Deliver(DeliveryStep step)
    {
        switch (step)
        {
            case DeliveryStep.Append append:
                _trace.Add($"(append {append.Pair.Serial})");
                Demand(pulls == LearnerDelivery.AsCommitted || HasAllBefore(append.Pair.Serial), "hole before an append");
                Deliver(append.Pair, append.Own);
                break;
            case DeliveryStep.Answer answer:
                _trace.Add($"(serial {answer.Pair.Serial})");
                Demand(
                    pulls == LearnerDelivery.AsCommitted || _hasOwnGets || HasAllBefore(answer.Pair.Serial), "hole before a serial");
                Deliver(answer.Pair, answer.Own);
                break;
            case DeliveryStep.Query query:
                _trace.Add("(query)");
                Demand(_queries.Remove(query.Request, out var last) && HasAllBefore(new Serial(last + 1)), "hole before a query");
                break;
            case DeliveryStep.Completed completed:
                _ownEnds[completed.Own]++;
                break;
            case DeliveryStep.Missing missing:
                _trace.Add($"(missing {missing.Gap})");
                AskForSome(missing.Gap);
                break;
            case DeliveryStep.Restore:
                _trace.Add($"(restore {_latestSnapshot})");
                _delivered.Clear();
                _delivered.UnionWith(Enumerable.Range(1, (int)_latestSnapshot).Select(serial => (long)serial));
                _order.Restored(new Serial(_latestSnapshot));
                EndOwnUpToSnapshot();
                break;
        }
    }

    // The actor does this by OpenAppends.EndCommittedTo.
    private void EndOwnUpToSnapshot()
    {
        foreach (var own in _ownSerials.Where(own => own.Value <= _latestSnapshot && _ownEnds[own.Key] == 0))
        {
            _ownEnds[own.Key]++;
        }
    }

    private void Deliver(StoredPair pair, RequestRef? own)
    {
        Demand(_delivered.Add(pair.Serial.Value), $"{pair.Serial} is delivered twice");
        if (own is { } request)
        {
            _ownEnds[request]++;
        }
    }

    private void AskForSome(SerialRange gap)
    {
        switch (_random.Next(4))
        {
            case 0:
                break;
            case 1:
                _order.Pulled!.Reserve(new SerialRange(new Serial(_random.NextInt64(gap.First.Value, gap.Last.Value + 1)), gap.Last));
                break;
            default:
                _order.Pulled!.Reserve(gap);
                break;
        }
    }

    private void AskReserved()
    {
        while (_order.Pulled?.NextReserved(GetWindow) is { } serial)
        {
            Get(serial, "(get)");
        }
    }

    private bool HasAllBefore(Serial serial)
    {
        for (var before = 1L; before < serial.Value; before++)
        {
            if (!_delivered.Contains(before))
            {
                return false;
            }
        }

        return true;
    }

    private RequestRef AnyGet() => _gets.ElementAt(_random.Next(_gets.Count)).Value.Request;

    private RequestRef NewRequest() => new(Self, default, ++_requests);

    private void Demand(bool holds, string problem)
    {
        if (!holds)
        {
            _problems.Add(problem);
        }
    }
}
