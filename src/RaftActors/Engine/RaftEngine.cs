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
/// It passes each message, each effect of Core and each event to the parts that need it. Invariant: a part gets an event after the parts
/// whose results it needs.
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
    private readonly PendingChanges _changes;
    private readonly LeaderChanges _leaderChanges;
    private readonly OwnGets _gets;
    private readonly ServedGets _servedGets;
    private readonly PendingQueries _queries;
    private readonly ClientRequests _clients;
    private readonly ClosedOrigins _closed;

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
    private readonly ClockDifference _clockDifference;
    private readonly EventPublishing _events;
    private readonly PeerMessages _peers;
    private readonly StopPreparation _stopping;

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
        _leaderChanges = new LeaderChanges(_context);
        _changes = new PendingChanges(_context, _leaderChanges);
        _gets = new OwnGets(_context, _pairs);
        _servedGets = new ServedGets(_context);
        _queries = new PendingQueries(_context);
        _clients = new ClientRequests(_context, _proposals, _pairs, _traces, backups);
        _closed = new ClosedOrigins(_context);

        _notices = new ActorNotices(_context);
        _hold = new ActorHold(_context);
        _rebuild = new StateRebuild(_context, _snapshots);
        _digests = new StateDigests(_context, _rebuild);
        _duplicates = new DuplicateProcesses(_context);
        _clockDifference = new ClockDifference(_context);
        _events = new EventPublishing(_context, _duplicates);
        _peers = new PeerMessages(_context, _duplicates, _events, _notices, _traces, _reads);
        _stopping = new StopPreparation(_context);

        _calls = new CallInbox(Self);
        _gauges = new ProcessGauges(_context, _appends, _proposals);
        var tick = process.Settings.Timing.TickInterval;
        _longestRest = _context.Core.Options.LongestRest;
        _ticks = new TickTimer(
            Self, ClockThread.Of(system), system.Scheduler, tick, lateness: tick * _context.Core.Options.LongestLateness);
    }

    private RaftProcess Process => _context.Process;

    private CallTarget Target => new(Process.Settings.Group, Process.Name);

    // True if no request is open, so that a tick has little to do.
    private bool IsIdle => _appends.Count + _proposals.Count + _queries.Count + _gets.Count == 0;

    // True if no part waits for a tick.
    private bool IsAtRest =>
        IsIdle && _changes.Count + _servedGets.Count == 0
        && !_snapshots.HasWaiting && !_stopping.NeedsTicks && !_digests.NeedsTicks && !_clients.HasWaiting
        && !_closed.HasWaiting;

    // The failure of a child ends the engine.
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Escalate);

    protected override void PreStart()
    {
        _peers.OnStarted();
        _events.OnStarted();
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
        _notices.OnStopped();
        _clients.OnDeposed();
        _appends.OnStopped();
        _queries.OnStopped();
        _changes.OnStopped();
        _snapshots.OnStopped();
        _traces.OnStopped();
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
            _proposals.OnTick();
            _appends.OnTick();
            _changes.OnTick();
            _queries.OnTick();
            _gets.OnTick();
            _servedGets.OnTick();
            _stopping.OnTick();
            _clients.OnTick();
            _closed.OnTick();
            _snapshots.OnTick();
            _digests.OnTick();
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
