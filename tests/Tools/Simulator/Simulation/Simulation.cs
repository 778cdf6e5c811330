using RaftActors.Core;
using RaftActors.Testing.History;

namespace RaftActors.Simulator;

/// <summary>
/// A whole group with the real Core, in one thread and in simulated time. The seed decides everything. First faults occur, and only
/// safety is checked. Then all faults end, and the group must converge within a bound.
/// </summary>
internal sealed partial class Simulation : IClientWorld
{
    /// <summary>The maximum time to converge after the faults, in microseconds.</summary>
    private const long HealingMax = 3_000_000;

    /// <summary>
    /// The maximum time of a message or a write without faults, in microseconds. It is well below the election timeouts, because
    /// otherwise elections would depend on luck.
    /// </summary>
    private const int HealedMax = 500;
    private const long ClientsAfterHeal = 60_000;
    private const long PollInterval = 5000;

    /// <summary>
    /// More messages than these multiply: one message brings more than one other. Without the bounds, such a seed would take gigabytes, and
    /// might never end. The largest counts of the seeds 1..4000 are a fifth of the bounds.
    /// </summary>
    private const int UnderWayMax = 20_000;
    private const long MessagesMax = 100_000;
    private const long MessagesPerCommit = 200;

    // To each other process in each heartbeat interval. A group that lost its majority to wiped disks greets for ever: a greeting, its
    // answer and a refusal, in both directions.
    private const long MessagesPerPair = 6;
    private const long TickMicroseconds = 1000;

    private readonly GroupPlan _plan;
    private readonly List<SimulatedProcess> _processes;
    private readonly Dictionary<ProcessName, int> _numbers = [];
    private readonly EventQueue _queue = new();
    private readonly SimulatedNetwork _network;
    private readonly Prng _prng;
    private readonly Prng _programs;
    private readonly Prng _settings;
    private readonly List<Client> _clients = [];
    private readonly TextWriter? _trace;
    private int _underWay;
    private long _now;
    private bool _isHealed;
    private bool _mayStayApart;

    /// <param name="seed">Decides the whole run.</param>
    /// <param name="faults">The allowed kinds of faults.</param>
    /// <param name="only">The numbers of the events to run; null: all events of the schedule.</param>
    /// <param name="trace">Receives all inputs and effects, one on each line; null: no trace.</param>
    /// <param name="disks">Makes the disks; null: simulated disks.</param>
    public Simulation(ulong seed, FaultSet faults, IReadOnlySet<int>? only = null, TextWriter? trace = null, DiskMaker? disks = null)
        : this(new GroupPlan(seed, faults), faults, only, trace, disks)
    {
    }

    /// <param name="plan">The group, which this simulation alone uses.</param>
    public Simulation(
        GroupPlan plan, FaultSet faults, IReadOnlySet<int>? only = null, TextWriter? trace = null, DiskMaker? disks = null)
    {
        (_plan, Faults, _trace) = (plan, faults, trace);
        _processes = _plan.Processes;
        (_prng, _programs, _settings) = (new Prng(_plan.RuntimeSeed), new Prng(_plan.ProgramSeed), new Prng(~_plan.ProgramSeed));
        _network = new SimulatedNetwork(_plan, new Prng(_prng.Next()));
        _beats = new Prng(~_plan.RuntimeSeed);
        foreach (var process in _processes)
        {
            _numbers.Add(process.Name, process.Number);
            if (disks is not null)
            {
                process.Use(disks);
            }
        }

        _entitlement = new Entitlement(_ledger, _processes, _plan.Size);
        (_votes, _delivery) = (new VoteChecker(_entitlement), new DeliveryChecker(_ledger, _processes, _entitlement));
        (_leaders, _matching) = (new LeaderChecker(_ledger, _votes, _damage), new LogMatchingChecker(_damage));
        var bounds = _processes[0].Options.Sessions;
        (_sessions, _keys) = (new SessionChecker(_ledger, bounds), new KeyChecker(_ledger, bounds));
        _exchanges = new ExchangeChecker(_processes);
        Events = only is null ? _plan.Events : _plan.Events.FindAll(one => only.Contains(one.Number));
        _hasPairs = Events.Exists(one => one.Kind == FaultKind.Pairs);
        for (var number = 0; number < _plan.Clients; number++)
        {
            _clients.Add(new Client(number, _plan, new Prng(_prng.Next()), this));
        }
    }

    public FaultSet Faults { get; }

    /// <summary>Traces a plain group; null: no trace.</summary>
    public TlaTrace? Tla { get; init; }

    /// <summary>A Core counts the ticks that come before the due one without a step, as in the shell.</summary>
    public bool SkipsTicks { get; init; }

    public OperationHistory<KeyOperation, long> History { get; } = new();

    public List<FaultEvent> Events { get; }

    public Totals Totals { get; } = new();

    /// <summary>A hash of all inputs and effects of all Cores, in order.</summary>
    public ulong TraceHash { get; private set; }

    public long Now => _now;

    public void Run()
    {
        try
        {
            RunToTheEnd();
        }
        catch (InvariantException broken)
        {
            throw new Violation("invariant", broken.Message);
        }
        finally
        {
            Totals.Seeds = 1;
            Totals.Elections = _leaders.Elections;
            Totals.Commits = _ledger.Count;
            Totals.MembershipChanges = _ledger.MembershipChanges;
        }
    }

    private void RunToTheEnd()
    {
        Begin();
        var poll = 0L;
        while (true)
        {
            var due = _queue.Take();
            _now = due.At;
            if (!_isHealed && _now >= _plan.FaultsEnd)
            {
                Heal();
            }

            if (_isHealed && _now >= poll)
            {
                poll = _now + PollInterval;
                if (IsOver())
                {
                    return;
                }
            }

            Handle(due);
        }
    }

    private void Begin()
    {
        foreach (var process in _processes)
        {
            if (!process.IsAway)
            {
                _queue.Add(_prng.Between(0, 5000), EventKind.Start, process.Number, process.Starts);
            }
        }

        foreach (var fault in Events)
        {
            _queue.Add(fault.At, EventKind.Fault, 0, 0, fault);
        }

        _clients.ForEach(client => client.Start());
    }

    private void Handle(in Event due)
    {
        switch (due.Kind)
        {
            case EventKind.Deliver:
                Deliver(_processes[due.Target], (Envelope)due.Body!);
                break;
            case EventKind.Tick:
                Tick(_processes[due.Target], due.Start);
                break;
            case EventKind.Written:
                FinishWrites(_processes[due.Target], due.Start);
                break;
            case EventKind.Start:
                StartProcess(_processes[due.Target], due.Start);
                break;
            case EventKind.Resume:
                Resume(_processes[due.Target], due.Start);
                break;
            case EventKind.Fault:
                Begin((FaultEvent)due.Body!);
                break;
            case EventKind.FaultEnd:
                ((Action)due.Body!)();
                break;
            case EventKind.Client:
                _clients[due.Target].OnTimer(due.Start);
                break;
        }
    }

    private bool IsOver()
    {
        if (_now < _plan.FaultsEnd + ClientsAfterHeal)
        {
            return false;
        }

        _clients.ForEach(client => client.IsStopping = true);
        if (_clients.TrueForAll(client => client.IsIdle) && IsTogether() && IsAtRest())
        {
            CheckHistory();
            return true;
        }

        if (_now > _plan.FaultsEnd + HealingMax)
        {
            if (_mayStayApart)
            {
                CheckHistory();
                return true;
            }

            throw new Violation("liveness", $"the group did not converge after the faults had ended: {Stuck()}");
        }

        return false;
    }
}
