using System.Collections.Immutable;
using System.Text;

namespace RaftActors.Core.Tests.Harness;

/// <summary>
/// A whole group in one thread. One seed decides its size, its preloads, which messages are lost, doubled, late and overtaken, which writes
/// are slow, who crashes, and who is cut off from whom. Faults first, and only safety is asked; then everything heals, and the group must
/// come together.
/// </summary>
internal sealed class Simulation
{
    private const int FaultsEnd = 3000;
    private const int HealedTime = 3000;

    private readonly Prng _prng;
    private readonly List<SimulatedProcess> _processes = [];
    private readonly SimulatedNetwork _network;
    private readonly SafetyChecker _checker;
    private readonly StringBuilder? _trace;

    /// <summary>
    /// No faults before this: of unequal preloads the longest must be there at the founding, or its pairs are refused for ever.
    /// </summary>
    private readonly int _faultsBegin;

    private int _time;
    private long _requests;
    private bool _hasWiped;

    /// <param name="trace">Gets everything that happens, a line each.</param>
    public Simulation(ulong seed, StringBuilder? trace = null)
    {
        _prng = new Prng(seed);
        _trace = trace;
        _network = new SimulatedNetwork(_prng);
        _checker = new SafetyChecker(_processes);
        var hasUnequalPreloads = Chance(30);
        _faultsBegin = hasUnequalPreloads ? 100 : 0;
        AddProcesses(_prng.Between(1, 6), hasUnequalPreloads);
    }

    /// <summary>A hash of everything that every core did, in order.</summary>
    public ulong TraceHash { get; private set; }

    /// <summary>How many entries were committed.</summary>
    public int Commits => _checker.Committed.Count;

    private bool IsFaulty => _network.IsFaulty;

    /// <summary>Before it, a wiped process can make a founding impossible for good, which is right and not what is tried here.</summary>
    private bool IsFoundedEverywhere => _processes.TrueForAll(process => process.Durable.HardState.Group != GroupUid.None);

    public void Run()
    {
        _processes.ForEach(process => process.Start());
        for (; _time < FaultsEnd; _time++)
        {
            _network.IsFaulty = _time >= _faultsBegin;
            if (IsFaulty)
            {
                Misbehave();
            }

            Advance();
        }

        Heal();
        for (; !IsTogether(); _time++)
        {
            if (_time > FaultsEnd + HealedTime)
            {
                var states = string.Join("; ", _processes.Select(Status));
                throw new SafetyException($"healed, and yet the group did not come together: {states}");
            }

            Advance();
        }
    }

    private static Payload.Pair PreloadedPair(int number) => new(null, $"old{number}", Encoding.UTF8.GetBytes($"{number}"));

    private static string Status(SimulatedProcess process) => process.Core is not { } core
        ? $"{process.Member} stopped"
        : $"{process.Member} {core.Role} of term {core.Term} under {core.Leader}, {core.LastPosition}, commit {core.CommitIndex}, "
            + $"{core.Configuration}";

    private void AddProcesses(int size, bool hasUnequalPreloads)
    {
        ImmutableArray<ProcessName> roster = [.. Enumerable.Range(1, size).Select(i => new ProcessName($"raft{i}@x"))];
        var maxQuorum = Chance(50) ? 3 : 11;
        var serial = _prng.Between(0, 3);
        for (var i = 0; i < size; i++)
        {
            serial = hasUnequalPreloads ? _prng.Between(0, 4) : serial;
            var options = new CoreOptions
            {
                Self = new Member(roster[i], SimulatedProcess.IncarnationOf(1)),
                Roster = roster,
                MaxQuorum = maxQuorum,
                FoundingUid = new GroupUid(new Guid(i + 1, 0, 0, new byte[8])),
                FoundingTimeoutTicks = 100,
                MaxEntriesPerMessage = _prng.Between(1, 8),
                Seed = _prng.Next(),
            };
            var preload = InitialState.Empty with { Log = Preload.Of(Enumerable.Range(1, serial).Select(PreloadedPair)) };
            var process = new SimulatedProcess(options, preload, preload);
            process.Did += OnEffect;
            _processes.Add(process);
        }
    }

    private bool Chance(int percent) => _prng.Between(1, 100) <= percent;

    private SimulatedProcess Anybody() => _processes[_prng.Between(0, _processes.Count - 1)];

    private void Misbehave()
    {
        var victim = Anybody();
        switch (_prng.Between(1, 300))
        {
            case 1 or 2:
                Crash(victim);
                break;
            case 3 or 4 when _processes.Find(process => process.Core?.Role == RoleKind.Leader) is { } leader:
                Crash(leader);
                break;
            case >= 5 and <= 12 when !victim.IsRunning:
                victim.Start();
                break;
            case 13 or 14:
                Note("partition");
                _network.Partition(_processes);
                break;
            case >= 15 and <= 18:
                _network.Heal();
                break;
            case 19 or 20:
                Anybody().Step(new Input.PeerUnreachable(victim.Name));
                break;
            case 21 when !_hasWiped && IsFoundedEverywhere && _processes.Count > 2:
                Note($"wipe {victim.Name}");
                _hasWiped = true;
                victim.Wipe();
                break;
            case >= 30 and <= 70:
                Propose(victim);
                break;
        }
    }

    private void Crash(SimulatedProcess victim)
    {
        Note($"crash {victim.Name}");
        victim.Crash();
    }

    private void Propose(SimulatedProcess process)
    {
        ImmutableArray<Payload.Pair> pairs =
        [
            .. Enumerable.Range(0, _prng.Between(1, 3)).Select(_ =>
                new Payload.Pair(new RequestId(process.Member, ++_requests), $"key{_requests}", new byte[3])),
        ];
        process.Step(new Input.Propose(pairs));
    }

    private void Advance()
    {
        foreach (var process in _processes)
        {
            if (!IsFaulty || Chance(90))
            {
                process.Step(Input.Tick.Instance);
            }

            while (process.HasWrites && (!IsFaulty || Chance(40)))
            {
                process.FinishOneWrite();
            }
        }

        foreach (var envelope in _network.TakeDue(_time))
        {
            _processes.Find(process => process.Name == envelope.To.Name)!.Step(new Input.Receive(envelope));
        }
    }

    private void OnEffect(SimulatedProcess process, Effect effect)
    {
        Note($"{process.Member} {Describe.Of(effect)}");
        _checker.Watch(process, effect);
        if (effect is Effect.Send(var envelope))
        {
            _network.Send(envelope, _time);
        }
    }

    private void Note(string what)
    {
        _trace?.Append(_time).Append(' ').Append(what).Append('\n');
        foreach (var letter in what)
        {
            TraceHash = (TraceHash ^ letter) * 0x100000001B3;
        }
    }

    private void Heal()
    {
        Note("heal");
        _network.IsFaulty = false;
        _network.Heal();
        foreach (var process in _processes.Where(process => !process.IsRunning))
        {
            process.Start();
        }
    }

    /// <summary>One leader that everybody follows, everything committed everywhere, and one pair more than that.</summary>
    private bool IsTogether()
    {
        var leader = _processes.Find(process => process.Core!.Role == RoleKind.Leader);
        if (leader is null || !_processes.TrueForAll(process => Follows(process.Core!, leader)))
        {
            return false;
        }

        var isLastOurs = leader.Log[^1].Payload is Payload.Pair { Key: "last" };
        if (!isLastOurs)
        {
            leader.Step(new Input.Propose([new Payload.Pair(null, "last", default)]));
        }

        return isLastOurs;
    }

    private static bool Follows(RaftCore core, SimulatedProcess leader) =>
        core.Leader == leader.Member && core.CommitIndex == leader.Core!.LastPosition.Index;
}
