namespace RaftActors.Core.Tests.Harness;

/// <summary>
/// A founded group on slow disks. A sync covers the writes before its beginning, and the next one begins when it has ended. A message
/// takes no time or one tick, in order between two processes. The same seed gives the same run.
/// </summary>
internal sealed class SlowGroup
{
    private readonly List<SimulatedProcess> _processes = [];
    private readonly int[] _syncTicks;
    private readonly (int Writes, long EndsAt)[] _syncs;
    private readonly Dictionary<(Member From, Member To), long> _lastDue = [];
    private readonly PriorityQueue<Envelope, (long Due, long Number)> _network = new();
    private readonly Prng _prng;
    private long _now;
    private long _sent;

    /// <param name="seed">Decides the delay of each message.</param>
    /// <param name="syncTicks">Ticks of one sync, for each process's disk.</param>
    public SlowGroup(ulong seed, params int[] syncTicks)
    {
        _prng = new Prng(seed);
        _syncTicks = syncTicks;
        _syncs = new (int, long)[syncTicks.Length];
        ImmutableArray<ProcessName> roster = [.. Enumerable.Range(1, syncTicks.Length).Select(n => new ProcessName($"raft{n}@x"))];
        var group = new GroupUid(new Guid(1, 0, 0, new byte[8]));
        for (var i = 0; i < roster.Length; i++)
        {
            var options = new CoreOptions
            {
                Self = new Member(roster[i], SimulatedProcess.IncarnationOf(1)),
                Roster = roster,
                FoundingUid = group,
                Seed = (seed * 100) + (ulong)i,
                ElectionTimeoutMinTicks = 15,
                ElectionTimeoutMaxTicks = 30,
                HeartbeatTicks = 5,
                DiskStallTicks = 500,
            };
            var process = new SimulatedProcess(options, FoundedGroup.State(roster, 11, group, [1]), InitialState.Empty);
            process.Did += (_, effect) => OnEffect(effect);
            process.Start();
            _processes.Add(process);
        }
    }

    public IEnumerable<ProcessName> Names => _processes.Select(process => process.Name);

    /// <summary>The leader of the highest term, and that term; null without a leader.</summary>
    public (ProcessName Name, Term Term)? Leader => _processes
        .Where(process => process.Core!.Role == RaftRole.Leader)
        .OrderByDescending(process => process.Core!.Term)
        .Select(process => ((ProcessName, Term)?)(process.Name, process.Core!.Term))
        .FirstOrDefault();

    public Term Term => _processes.Max(process => process.Core!.Term);

    /// <summary>Returns the number of processes that have committed an entry of the term.</summary>
    public int CommittedIn(Term term) =>
        _processes.Count(process => process.Log.Any(entry => entry.Index <= process.Core!.CommitIndex && entry.Term == term));

    public void Tick(int times)
    {
        for (; times > 0; times--)
        {
            _now++;
            for (var i = 0; i < _processes.Count; i++)
            {
                Sync(i);
                _processes[i].Step(Input.Tick.Instance);
                Deliver();
            }
        }
    }

    /// <summary>Kills a process and starts it again at once.</summary>
    public void Restart(ProcessName name)
    {
        var i = _processes.FindIndex(process => process.Name == name);
        _processes[i].Crash();
        _syncs[i] = default;
        _processes[i].Start();
        foreach (var other in _processes.Where(other => other.Name != name))
        {
            other.Step(new Input.PeerUnreachable(name));
            other.Step(new Input.PeerReachable(name));
        }
    }

    private void Sync(int i)
    {
        if (_now < _syncs[i].EndsAt)
        {
            return;
        }

        for (; _syncs[i].Writes > 0; _syncs[i].Writes--)
        {
            _processes[i].FinishOneWrite();
        }

        if (_processes[i].WritesUnderWay is var writes and > 0)
        {
            _syncs[i] = (writes, _now + _syncTicks[i]);
        }
    }

    private void Deliver()
    {
        while (_network.TryPeek(out var envelope, out var at) && at.Due <= _now)
        {
            _network.Dequeue();
            _processes.Find(process => process.Name == envelope.To.Name)?.Step(new Input.Receive(envelope));
        }
    }

    private void OnEffect(Effect effect)
    {
        if (effect is not Effect.Send(var envelope))
        {
            return;
        }

        var line = (envelope.From, envelope.To);
        var due = Math.Max(_now + _prng.Between(0, 1), _lastDue.GetValueOrDefault(line));
        _lastDue[line] = due;
        _network.Enqueue(envelope, (due, _sent++));
    }
}
