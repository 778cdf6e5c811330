using RaftActors.Coordination.State;
using RaftActors.Core;

namespace RaftActors.Simulator.Coordination;

/// <summary>
/// The coordination group, with an abstract Raft: the leader appends pairs to its tail, and commits them in their order. When the leader
/// changes, a part of the tail is lost.
/// </summary>
internal sealed class SimulatedGroup
{
    private readonly World _world;
    private readonly Setup _setup;
    private readonly CommittedLog _log;
    private readonly List<CommittedLog.Pair> _tail = [];
    private readonly Dictionary<string, CommittedLog.Pair> _byKey = [];
    private readonly Queue<CommittedLog.Pair> _committedWithKey = [];
    private long _forgotten;
    private int _term;

    public SimulatedGroup(World world, Setup setup, CommittedLog log)
    {
        (_world, _setup, _log) = (world, setup, log);
        Processes = [.. Enumerable.Range(0, setup.Processes).Select(_ => new GroupProcess(world, setup, this, log))];
        Processes.ForEach(process => process.Begin());
        Elect();
    }

    public List<GroupProcess> Processes { get; }

    /// <summary>Null: an election is under way.</summary>
    public GroupProcess? Leader { get; private set; }

    /// <summary>All processes have applied all pairs.</summary>
    public bool IsSettled => Leader is not null && Processes.TrueForAll(each => each.Applied == _log.Pairs.Count);

    /// <summary>Sends a message: it arrives, is late, arrives twice or is lost.</summary>
    public void Travel(Action arrive)
    {
        if (_world.HasFaults && _world.Random.Chance(_setup.Loss))
        {
            return;
        }

        _world.After(AnyDelay(), arrive);
        if (_world.HasFaults && _world.Random.Chance(_setup.Repeats))
        {
            _world.After(AnyDelay(), arrive);
        }
    }

    /// <summary>An Append has arrived.</summary>
    /// <param name="key">Pairs with equal keys are one pair; null: no other pair is a repeat of this one.</param>
    /// <param name="client">Null: a process of the group appends it.</param>
    public void Append(string name, Command command, RequestKey? key, Guid? client, Action<Outcome<Answer>> reply)
    {
        if (key is { Text: var text } && _byKey.TryGetValue(text, out var known))
        {
            known.Replies.Add(reply);
            Reply(known);
        }
        else if (key?.Since?.Value < _forgotten)
        {
            reply(RaftFailure.Unknown(FailureReason.Forgotten).ToOutcome<Answer>());
        }
        else if (CoordinationState.FindFault(name, command) is { } fault)
        {
            reply(RaftFailure.NotDone(FailureReason.Invalid, fault).ToOutcome<Answer>());
        }
        else if (Leader is null)
        {
            reply(RaftFailure.NotDone(FailureReason.NoLeader, "an election is under way").ToOutcome<Answer>());
        }
        else
        {
            var pair = new CommittedLog.Pair(name, command) { Key = key?.Text, Client = client };
            pair.Replies.Add(reply);
            Add(pair);
        }
    }

    /// <summary>A leader, or a deposed one, appends the pair of a reminder.</summary>
    public void AppendReminder(string name, long number)
    {
        if (Leader is not null)
        {
            Add(new CommittedLog.Pair(name, null) { Number = number });
        }
    }

    /// <summary>Other programs change so many items at once that the group forgets what it remembered.</summary>
    public void Burst()
    {
        for (var i = 0; Leader is not null && i < 2 * _setup.ChangesMax; i++)
        {
            _tail.Add(new CommittedLog.Pair(
                $"i/{_world.Random.Between(0, 9)}", new Command.Put($"{i}", null, 0, TimeSpan.FromMilliseconds(500))));
        }
    }

    /// <summary>A client that has read the numbers of a session and its claims appends a command of that session.</summary>
    public void Intrude(Guid intruder)
    {
        if (_log.Model.Sessions.Count == 0)
        {
            return;
        }

        var session = _world.Random.Any(_log.Model.Sessions).Session;
        var (name, claim) = (_world.Random.Any(Setup.Locks), _log.Model.LastClaim(session));
        Command command = _world.Random.Between(0, 4) switch
        {
            0 => new Command.Renew(session),
            1 => new Command.Close(session),
            2 => new Command.Acquire(session, claim + 1, name[^1] - '0', Waits: true, null),
            3 => new Command.Put("of an intruder", null, session, null),
            _ => new Command.Release(session, claim),
        };
        Append(command is Command.Put ? "i/0" : name, command, null, intruder, _ => { });
    }

    /// <summary>An operator takes a lock away from its holder, or ends a session.</summary>
    public void Operate(Guid client)
    {
        var name = _world.Random.Any(Setup.Locks);
        if (_world.Random.Chance(30) && _log.Model.Sessions.Count > 0)
        {
            var (owner, session, _, _) = _world.Random.Any(_log.Model.Sessions);
            Append(owner, new Command.End(session), null, client, _ => { });
        }
        else if (_log.Model.Holders(name) is { Length: > 0 } holders)
        {
            var holder = _world.Random.Any(holders);
            Append(name, new Command.Break(holder.Token, holder.Session), null, client, _ => { });
        }
    }

    /// <summary>A process stops for a time. If it leads, another one is elected.</summary>
    public void StopOne()
    {
        var process = _world.Random.Any(Processes);
        if (process.IsStopped)
        {
            return;
        }

        if (process == Leader)
        {
            ChangeLeader();
        }

        process.Stop(_world.Between(10, _world.Random.Any([300, 8000])), _world.Random.Chance(50));
    }

    public void ChangeLeader()
    {
        if (Leader is null)
        {
            return;
        }

        Leader.Depose();
        (Leader, _term) = (null, _term + 1);
        var kept = _world.Random.Between(0, _tail.Count);
        foreach (var lost in _tail.Skip(kept))
        {
            if (lost.Key is not null)
            {
                _byKey.Remove(lost.Key);
            }

            if (_world.Random.Chance(50))
            {
                lost.Replies.ForEach(reply =>
                    reply(RaftFailure.NotDone(FailureReason.NoLeader, "the leader changed").ToOutcome<Answer>()));
            }
        }

        _tail.RemoveRange(kept, _tail.Count - kept);
        _world.After(_world.Between(150, _world.Random.Any([400, 3000])), Elect);
    }

    private void Elect()
    {
        Leader = _world.Random.Any(Processes);
        if (Leader.IsStopped)
        {
            Leader = null;
            _world.After(_world.Between(150, 400), Elect);
            return;
        }

        Leader.ApplyTo(_log.Pairs.Count);
        if (_tail.Count > 0)
        {
            CommitTo(_tail[^1]);
        }
    }

    private void Add(CommittedLog.Pair pair)
    {
        _tail.Add(pair);
        if (pair.Key is not null)
        {
            _byKey[pair.Key] = pair;
        }

        var term = _term;
        _world.After(_world.Between(1, 20), () =>
        {
            if (term == _term && !pair.IsCommitted)
            {
                CommitTo(pair);
            }
        });
    }

    private void CommitTo(CommittedLog.Pair last)
    {
        var count = _tail.IndexOf(last) + 1;
        var pairs = _tail.GetRange(0, count);
        _tail.RemoveRange(0, count);
        pairs.ForEach(Commit);
        foreach (var process in Processes)
        {
            _world.After(AnyDelay(), () => process.ApplyTo(last.Serial));
        }
    }

    private void Commit(CommittedLog.Pair pair)
    {
        _log.Add(pair);
        pair.Serial = _log.Pairs.Count;
        if (pair.Key is not null)
        {
            _committedWithKey.Enqueue(pair);
            ForgetKeys();
        }

        Leader!.ApplyTo(pair.Serial);
        Reply(pair);
    }

    private void ForgetKeys()
    {
        while (_committedWithKey.Count > _setup.KeysMax)
        {
            var oldest = _committedWithKey.Dequeue();
            _forgotten = oldest.Serial;
            _byKey.Remove(oldest.Key!); // Justification: only pairs with a key are in the queue.
        }
    }

    private static void Reply(CommittedLog.Pair pair)
    {
        if (pair.Answer is not null)
        {
            pair.Replies.ForEach(reply => reply(new Outcome<Answer> { Serial = new Serial(pair.Serial), Result = pair.Answer }));
            pair.Replies.Clear();
        }
    }

    private TimeSpan AnyDelay() =>
        _world.HasFaults && _world.Random.Chance(_setup.Late) ? _world.Between(100, 6000) : _world.Between(1, 15);
}
