using Akka.Actor;
using Akka.Event;

using RaftActors.Core;
using RaftActors.Engine.Requests;
using RaftActors.Network;
using RaftActors.Settings;
using RaftActors.Wire;

namespace RaftActors.Engine;

/// <summary>
/// The actor that hosts the Core of one process, at <c>/system/raft/{group}/{name}</c>. It runs on when the user's actor restarts, and the
/// next life attaches to it.
/// <para>
/// It passes each message and each effect of Core to a part, and each event to all parts, in the order of their list.
/// </para>
/// </summary>
internal sealed partial class RaftEngine : UntypedActor
{
    private readonly EngineContext _context;
    private readonly ITimeProvider _time;

    // The requests of this process's actor and of clients, each before its part on the process that serves it.
    private readonly AppendTraces _traces;
    private readonly OwnAppends _appends;
    private readonly LeaderProposals _proposals;
    private readonly GroupChanges _changes;
    private readonly OwnGets _gets;
    private readonly ServedGets _servedGets;
    private readonly PendingQueries _queries;
    private readonly ClientRequests _clients;
    private readonly ClosedOrigins _closed;
    private readonly SelfJoining _joining;

    // The store and the snapshots.
    private readonly StoreReads _reads;
    private readonly PairReads _pairs;
    private readonly SnapshotTaking _snapshots;

    // The news for the actor, for people and for other processes.
    private readonly ActorNotices _notices;
    private readonly ActorHold _hold;
    private readonly StateRebuild _rebuild;
    private readonly StateDigests _digests;
    private readonly DuplicateProcesses _duplicates;
    private readonly EventPublishing _events;
    private readonly PeerMessages _peers;
    private readonly StopPreparation _stopping;

    // Invariant: a part stands behind the parts whose results it needs.
    private readonly IEnginePart[] _parts;
    private readonly IEntryPart[] _entryParts;

    private readonly CallInbox _calls;
    private readonly ProcessGauges _gauges;
    private readonly TickTimer _ticks;
    private readonly int _longestRest;
    private Serial _applied;

    public RaftEngine(RaftProcess process, IActorRef registry)
    {
        var (context, system) = (Context, Context.System);
        _context = new EngineContext(process, Step, Self, registry, system, Context.GetLogger());
        _time = system.Scheduler;

        // Given by type, because an expression is compiled each time, and a node may start ten thousand engines.
        var reader = Props.Create<StoreReader>(process.Store, process.Pairs);
        var backups = new Lazy<IActorRef>(() => context.ActorOf(
            Props.Create(() => new BackupServer(process.Store, process.Settings.Limits.PairSizeMaxBytes)), "backups"));
        _reads = new StoreReads(_context, pages: Context.ActorOf(reader, "pages"), pairs: Context.ActorOf(reader, "pairs"));
        _pairs = new PairReads(process.Pairs, _reads);
        _snapshots = new SnapshotTaking(_context);

        _traces = new AppendTraces(process.Telemetry);
        _proposals = new LeaderProposals(_context, _traces);
        _appends = new OwnAppends(_context, _traces, _proposals);
        _changes = new GroupChanges(_context);
        _gets = new OwnGets(_context, _pairs);
        _servedGets = new ServedGets(_context);
        _queries = new PendingQueries(_context);
        _clients = new ClientRequests(_context, _proposals, _pairs, _traces, backups);
        _closed = new ClosedOrigins(_context);
        _joining = new SelfJoining(_context);

        _notices = new ActorNotices(_context);
        _hold = new ActorHold(_context);
        _rebuild = new StateRebuild(_context, _snapshots);
        _digests = new StateDigests(_context, _rebuild);
        _duplicates = new DuplicateProcesses(_context);
        _events = new EventPublishing(_context, _duplicates);
        _peers = new PeerMessages(_context, _duplicates, _events, _notices, _traces, _reads);
        _stopping = new StopPreparation(_context);
        _parts =
        [
            _traces, // Before the actor may end an Append.
            _notices, // The actor learns of an event before it gets what other parts make of it.
            _proposals, // Answers an Append of this process before its time for an answer is up, so that it is not sent again.
            _clients,
            _appends,
            _changes,
            _gets,
            _servedGets,
            _queries,
            _closed,
            _joining,
            _snapshots,
            _hold,
            _digests,
            _events,
            new ClockDifference(_context),
            _stopping, // Last, because it waits for the ends of requests.
        ];
        _entryParts = [.. _parts.OfType<IEntryPart>()];

        _calls = new CallInbox(Self);
        _gauges = new ProcessGauges(_context, _appends, _proposals);
        var tick = process.Settings.Timing.TickInterval;
        _longestRest = _context.Core.Options.LongestRest;
        _ticks = new TickTimer(
            Self, ClockThread.Of(system), system.Scheduler, tick, lateness: tick * _context.Core.Options.LongestLateness);
    }

    private RaftProcess Process => _context.Process;

    private CallTarget Target => new(Process.Settings.Group, Process.Name);

    // A tick has little to do.
    private bool IsIdle => !Array.Exists(_parts, static part => part.HasRequests);

    private bool IsAtRest => !Array.Exists(_parts, static part => part.NeedsTicks);

    // The failure of a child ends the engine.
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Escalate);

    protected override void PreStart()
    {
        _peers.OnStarted();
        _events.OnStarted();
        _joining.OnStarted();
        Process.Store.MeetEngine(Self);
        KeepTicking();
        _gauges.Begin();
        _context.Network.Calls.Add(Target, _calls);
    }

    // Runs after a failure too. EngineSupervisor does the rest when the engine is gone.
    protected override void PostStop()
    {
        _ticks.Rest();
        _context.Network.Calls.Remove(Target, _calls);
        _calls.Close(_context.Network.Calls.WhyNone(Target));
        _peers.EndWatch();
        _gauges.End();
        foreach (var part in _parts)
        {
            part.OnStopped();
        }

        Process.Store.Close();
    }

    protected override void OnReceive(object message)
    {
        SendTurn.Begin();
        try
        {
            // The ticks come before the message, because Core counts a promise to a leader from its heartbeat on. Ticks from before that
            // heartbeat would end the promise too early.
            Count(_ticks.TakeDue(out var late), late);
            Take(message);
        }
        finally
        {
            SendTurn.End();
        }

        _gauges.OnTurn();
        KeepTicking();
    }

    private void Count(long ticks, long late)
    {
        if (late > 0)
        {
            Step(new Input.Paused(late, ticks));
        }

        for (var left = ticks; left > 0;)
        {
            // A busy engine takes its ticks one by one.
            var skipped = left > 1 ? Math.Min(left, _context.Core.TicksUntilDue - 1) : 0;
            var counted = Math.Max(skipped, 1);
            _context.Now += counted;
            left -= counted;
            if (skipped > 0)
            {
                _context.Core.Skip(skipped);
            }
            else
            {
                Step(Input.Tick.Instance);
            }
        }

        if (ticks > 0)
        {
            TellApplied();
            foreach (var part in _parts)
            {
                part.OnTick();
            }
        }
    }

    private void TellApplied()
    {
        if (Process.Delivered is var applied && applied != _applied)
        {
            _applied = applied;
            Step(new Input.Applied(applied));
        }
    }

    // A quiescent process without open requests needs no ticks. The first message that changes this starts them again.
    private void KeepTicking()
    {
        if (!IsAtRest)
        {
            _ticks.Arm(1, isShort: IsIdle);
        }
        else if (!_context.Core.IsQuiescent)
        {
            var longest = _context.Core.MayRestLong ? int.MaxValue : _longestRest;
            _ticks.Arm(_gauges.IsStale ? 1 : Math.Min(_context.Core.TicksUntilDue, longest), isShort: true);
        }
        else
        {
            _ticks.Rest();
        }
    }

    private void StopFor(string failure)
    {
        Process.Status = Process.Status with { Failure = failure };
        Context.Stop(Self);
    }
}
