using Akka.Actor;

using RaftActors.Core;
using RaftActors.Delivery;
using RaftActors.Engine;
using RaftActors.Wire;

namespace RaftActors.Tests.Engine;

/// <summary>
/// Appends of a group under a random schedule: elections that not every process hears of, leaders that do not know that they were deposed,
/// peers that are met late, lost messages, busy leaders, actors that are replaced, snapshots. The log is a model; the parts are the
/// engine's. In the end the network is whole and the leader stays. Says what went wrong: an Append without exactly one end, a committed one
/// that was told not to be, one that is committed twice. Where <paramref name="isStable"/>, the first leader stays, and Appends keep the
/// order in which they were made.
/// </summary>
internal sealed class AppendSchedule(int seed, bool isStable)
{
    private const int LastTicks = 150;

    private readonly Random _random = new(seed);
    private readonly Dictionary<(IActorRef From, IActorRef To), Queue<WireMessage>> _links = [];
    private readonly List<LogEntry> _committed = [];
    private readonly Dictionary<RequestId, List<CancelReason>> _cancelled = [];
    private readonly Dictionary<ScheduledProcess, QuorumView> _quorums = [];
    private readonly List<string> _trace = [];

    private ScheduledProcess[] _processes = [];
    private ScheduledProcess _leader = null!;
    private Term _term;
    private bool _isEnding;

    private bool LosesMessages => seed % 2 == 0 && !_isEnding;

    /// <param name="mailboxes">Two for each process, of its engine and of its actor: they take what is sent to them.</param>
    /// <returns>Null: all is as it must be.</returns>
    public string? Run(AppendScheduleTests.Mailbox[] mailboxes)
    {
        Begin(mailboxes);
        var steps = _random.Next(20, 250);
        for (var i = 0; i < steps; i++)
        {
            DoSomething();
        }

        End();
        return Problem() is { } problem ? $"seed {seed}: {problem}: {string.Join(' ', _trace)}" : null;
    }

    private void Begin(AppendScheduleTests.Mailbox[] mailboxes)
    {
        _processes = [.. Enumerable.Range(0, ScheduledProcess.Count).Select(place => new ScheduledProcess(
            place, mailboxes[2 * place].Ref, mailboxes[(2 * place) + 1].Ref, mailboxes[0].System, judges: seed % 3 == 0, Propose))];
        Member[] voters = [.. _processes[..^1].Select(process => process.Process.Member)];
        var configuration = new Configuration(GroupUid.None, voters.Length, [.. voters], [], [], []);
        for (var place = 0; place < _processes.Length; place++)
        {
            var process = _processes[place];
            var quorum = new QuorumView([.. voters], voters.Contains(process.Process.Member), configuration);
            _quorums.Add(process, quorum);
            process.Context.Quorum = _random.Next(3) > 0 ? quorum : null;
            mailboxes[2 * place].Take = (message, sender) =>
            {
                if (message is WireMessage wire)
                {
                    Enqueue(wire, sender, process.Engine);
                }
            };
            mailboxes[(2 * place) + 1].Take = (message, _) => TakeAtActor(process, message);
            foreach (var other in _processes.Where(_ => _random.Next(3) > 0))
            {
                process.Context.Peers.Learn(other.Process.Name, other.Engine);
            }
        }

        _leader = _processes[0];
        Elect();
    }

    private void DoSomething()
    {
        var process = Any(_processes);
        switch (_random.Next(23))
        {
            case 0 when !isStable && _random.Next(3) == 0:
                Elect();
                break;
            case 1 or 2:
                HearLeader(process, knows: isStable || _random.Next(5) > 0);
                break;
            case 3 or 4 or 5:
                Append(process);
                break;
            case 6 or 7 or 8 or 9 or 10 or 11:
                Deliver();
                break;
            case 12:
                process.TakeTurn();
                break;
            case 13 when process.Judging.Count > 0:
                process.Judge(_random.Next(10) == 0 ? "no" : null);
                break;
            case 14:
                Commit(_random.Next(1, 4));
                break;
            case 15 or 16:
                CatchUp(process);
                break;
            case 17 or 18:
                Array.ForEach(_processes, each => each.Tick());
                break;
            case 19 when !isStable && _random.Next(4) == 0:
                _trace.Add($"replace the actor of {NameOf(process)}");
                process.ReplaceActor();
                break;
            case 20:
                Meet(process, Any(_processes));
                break;
            case 21 when !isStable:
                LoseSight(process, Any(_processes));
                break;
            case 22:
                HearQuorum(process);
                break;
        }
    }

    private void End()
    {
        _trace.Add("end");
        _isEnding = true;
        for (var tick = 0; tick < LastTicks; tick++)
        {
            foreach (var process in _processes)
            {
                Array.ForEach(_processes, other => Meet(process, other));
                HearQuorum(process);
                HearLeader(process, knows: true);
                Settle(process);
            }

            Commit(int.MaxValue);
            Array.ForEach(_processes, process => process.Commit(_committed, _committed.Count));
            Array.ForEach(_processes, process => process.Tick());
        }
    }

    private void Settle(ScheduledProcess process)
    {
        while (_links.Values.Any(link => link.Count > 0))
        {
            Deliver();
        }

        while (process.Judging.Count > 0)
        {
            process.Judge(null);
        }

        process.TakeTurn();
    }

    private string? Problem()
    {
        var places = _committed.Select(ScheduledProcess.RequestOf).OfType<RequestId>().ToList();
        if (places.Count != places.Distinct().Count())
        {
            return "an Append is committed twice";
        }

        if (isStable && places.GroupBy(place => place.Origin).Any(ofOne => !ofOne.SequenceEqual(ofOne.OrderBy(place => place.Number))))
        {
            return "Appends of one process are committed in another order";
        }

        var committed = places.ToHashSet();
        foreach (var (request, reasons) in _cancelled)
        {
            if (reasons.Count > 1 || (reasons.Count == 0 && !committed.Contains(request)))
            {
                return $"Append {NumberOf(request)} ends {reasons.Count} times";
            }

            if (committed.Contains(request) && reasons is [CancelReason.NotCommitted])
            {
                return $"Append {NumberOf(request)} was told not to be committed, and is";
            }
        }

        return _processes.Any(process => process.Appends.Count > 0) ? "an Append does not end" : null;
    }

    // The next leader has all committed entries, and some of the uncommitted entries of the leader before.
    private void Elect()
    {
        var kept = _random.Next(_committed.Count, _leader.Log.Count + 1);
        LogEntry[] log = [.. _leader.Log.Take(kept)];
        _leader = Any(_processes[..^1]);
        _term = _term.Next;
        _trace.Add($"{NameOf(_leader)} leads in term {_term}");
        _leader.Lead(_term, log);
    }

    private void HearLeader(ScheduledProcess process, bool knows)
    {
        if (process != _leader)
        {
            _trace.Add($"{NameOf(process)} hears of {(knows ? "the leader" : "none")}");
            process.Hear(knows ? _leader : null, _term);
        }
    }

    private void HearQuorum(ScheduledProcess process)
    {
        _trace.Add($"{NameOf(process)} hears of the quorum");
        process.Context.Quorum = _quorums[process];
        process.Appends.SendWaiting();
    }

    private void Meet(ScheduledProcess process, ScheduledProcess other)
    {
        if (process.Context.Peers.Learn(other.Process.Name, other.Engine))
        {
            _trace.Add($"{NameOf(process)} meets {NameOf(other)}");
            process.Appends.SendWaiting();
        }
    }

    private void LoseSight(ScheduledProcess process, ScheduledProcess other)
    {
        if (process.Context.Peers.Mark(other.Process.Name, other.Engine.Path.Address, isReachable: false))
        {
            _trace.Add($"{NameOf(process)} loses sight of {NameOf(other)}");
        }
    }

    private void Append(ScheduledProcess process)
    {
        var request = process.Process.NewRequest();
        _cancelled.Add(process.Process.ToId(request), []);
        _trace.Add($"{NameOf(process)} appends {NumberOf(process.Process.ToId(request))}");
        var timeout = _random.Next(2, 60) * process.Process.Settings.Timing.TickInterval;
        process.Appends.Submit(new ToEngine.Append(request, "key", new byte[1], timeout));
    }

    private void Enqueue(WireMessage message, IActorRef from, IActorRef to)
    {
        if (!_links.TryGetValue((from, to), out var link))
        {
            _links.Add((from, to), link = []);
        }

        link.Enqueue(message);
    }

    private void Deliver()
    {
        if (_links.Where(link => link.Value.Count > 0).ToArray() is not { Length: > 0 } links)
        {
            return;
        }

        var (link, messages) = Any(links);
        var message = messages.Dequeue();
        var receiver = _processes.Single(process => process.Engine.Equals(link.To));
        if (LosesMessages && _random.Next(12) == 0)
        {
            _trace.Add($"a message to {NameOf(receiver)} is lost");
        }
        else
        {
            _trace.Add($"{NameOf(receiver)} takes {message.GetType().Name}");
            receiver.Take(message, link.From);
        }
    }

    private void TakeAtActor(ScheduledProcess process, object message)
    {
        switch (message)
        {
            case ToActor.Cancelled cancelled:
                _cancelled[process.Process.ToId(cancelled.Request)].Add(cancelled.Reason);
                break;
            case ToActor.Judge judge:
                process.Judging.Enqueue(judge);
                break;
        }
    }

    // Core does the same.
    private void Propose(ScheduledProcess process, Input.Propose proposal)
    {
        if (process.Leads is null || (!_isEnding && _random.Next(8) == 0))
        {
            var reason = process.Leads is null ? RejectionReason.NotLeader : RejectionReason.Transferring;
            process.Proposals.OnRejected(new Effect.Rejected(proposal.Pairs, reason));
            return;
        }

        var taken = proposal.Pairs.TakeWhile(_ => _isEnding || _random.Next(20) > 0).ToArray();
        if (taken.Length < proposal.Pairs.Length)
        {
            process.Proposals.OnRejected(new Effect.Rejected(proposal.Pairs[taken.Length..], RejectionReason.Busy));
        }

        if (taken.Length > 0)
        {
            process.Proposals.OnAccepted(new Effect.Accepted([.. taken.Select(process.Append)]));
        }
    }

    // An entry of an earlier term is committed with one of the leader's own (§5.4.2).
    private void Commit(int count)
    {
        var end = (int)Math.Min(_leader.Log.Count, _committed.Count + (long)count);
        while (end > _committed.Count && end < _leader.Log.Count && _leader.Log[end - 1].Term != _term)
        {
            end++;
        }

        _committed.AddRange(_leader.Log.Skip(_committed.Count).Take(end - _committed.Count));
        _leader.Commit(_committed, _committed.Count);
    }

    private void CatchUp(ScheduledProcess process)
    {
        if (process != _leader && process.Committed < _committed.Count)
        {
            HearLeader(process, knows: true);
            if (_random.Next(8) == 0)
            {
                process.Install(_committed);
            }
            else
            {
                process.Commit(_committed, _random.Next(process.Committed, _committed.Count) + 1);
            }
        }
    }

    private T Any<T>(T[] items) => items[_random.Next(items.Length)];

    private static string NameOf(ScheduledProcess process) => process.Process.Name.Process;

    // Within its start.
    private static long NumberOf(RequestId request) => request.Number & 0xFFFF;
}
