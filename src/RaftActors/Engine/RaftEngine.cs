using Akka.Actor;
using Akka.Event;

using RaftActors.Core;
using RaftActors.Discovery;
using RaftActors.Wire;

namespace RaftActors.Engine;

/// <summary>
/// One process's consensus: feeds Core with messages, ticks and proposals, and carries out what Core wants (RaftEngine.Effects.cs). It
/// lives at <c>/system/raft/{group}/{name}</c> beside the user's actor, whose restarts it only notices as a new life that attaches.
/// </summary>
internal sealed partial class RaftEngine : UntypedActor
{
    private readonly RaftProcess _process;
    private readonly IActorRef _registry;
    private readonly EngineContext _context;
    private readonly RaftCore _core;
    private readonly NoticeDesk _notices;
    private readonly AppendDesk _appends;
    private readonly ProposalDesk _proposals;
    private readonly GetDesk _gets;
    private readonly ServeDesk _serving;
    private readonly SortedDictionary<ProcessName, Serial> _met = [];
    private readonly Queue<Input> _inputs = [];
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private bool _isStepping;
    private IActorRef? _watched;
    private TimeSpan _tickDue;

    public RaftEngine(RaftProcess process, IActorRef registry)
    {
        _process = process;
        _registry = registry;
        _context = new EngineContext(process, Self);
        _notices = new NoticeDesk(_context);
        _appends = new AppendDesk(_context);
        _proposals = new ProposalDesk(_context, Step);
        _gets = new GetDesk(_context);
        _serving = new ServeDesk(_context);
        _core = new RaftCore(
            ToCoreOptions(process),
            new InitialState(InitialState.Empty.HardState, process.Preloaded));
    }

    protected override void PreStart()
    {
        _registry.Tell(new RaftRegistry.EngineStarted(_process), Self);
        _tickDue = Context.System.Scheduler.MonotonicClock;
        ArmTick();
    }

    // Also when it failed. The rest the room tells, to whom the engine no longer can.
    protected override void PostStop()
    {
        _notices.OnStopped();
        _appends.OnStopped();
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Tick tick:
                OnTick(tick);
                break;
            case WireMessage wire:
                OnWire(wire);
                break;
            case ToEngine fromActor:
                OnActor(fromActor);
                break;
            case PeerNews news:
                OnPeerNews(news);
                break;
            case Terminated terminated when terminated.ActorRef.Equals(_watched):
                OnActorStopped();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private static CoreOptions ToCoreOptions(RaftProcess process) => new()
    {
        Self = process.Member,
        Roster = process.Settings.Roster,
        MaxQuorum = process.Settings.MaxQuorum,
        ElectionTimeoutMinTicks = process.Settings.ToTicks(process.Settings.ElectionTimeoutMin),
        ElectionTimeoutMaxTicks = process.Settings.ToTicks(process.Settings.ElectionTimeoutMax),
        HeartbeatTicks = process.Settings.ToTicks(process.Settings.HeartbeatInterval),
        FoundingTimeoutTicks = process.Settings.ToTicks(process.Settings.FoundingTimeout),
        FoundingUid = new GroupUid(Guid.NewGuid()),
        MaxBytesPerMessage = process.Settings.PairSizeMaxBytes,
        Seed = process.Seed,
    };

    private void OnWire(WireMessage message)
    {
        switch (message)
        {
            case WireMessage.CoreMessage core:
                Meet(core.Envelope.From.Name, core.FromNumber, Sender);
                Step(new Input.Receive(core.Envelope));
                break;
            case WireMessage.AppendRequest append:
                _proposals.Submit(append, Sender);
                break;
            case WireMessage.AppendTaken taken:
                _appends.OnTaken(taken);
                break;
            case WireMessage.AppendRefused refused:
                _appends.OnRefused(refused);
                break;
            case WireMessage.AppendDiscarded discarded:
                _appends.OnDiscarded(discarded);
                break;
            case WireMessage.GetRequest get:
                _serving.Submit(get, Sender);
                break;
            case WireMessage.GetAnswer answer:
                _gets.OnAnswer(answer);
                break;
            case WireMessage.GetRefused refused:
                _gets.OnRefused(refused);
                break;
        }
    }

    private void OnActor(ToEngine message)
    {
        switch (message)
        {
            case ToEngine.Attach attach:
                OnAttach(attach);
                break;
            case ToEngine.Append append:
                _appends.Submit(append);
                break;
            case ToEngine.Get get:
                _gets.Submit(get);
                break;
            case ToEngine.Judged judged:
                _proposals.OnJudged(judged);
                break;
            case ToEngine.Served served:
                _serving.OnServed(served);
                break;
        }
    }

    // A new life knows nothing: it is told all there is, in the order in which it would have come.
    private void OnAttach(ToEngine.Attach attach)
    {
        if (_watched is null || !_watched.Equals(Sender))
        {
            _watched = Context.Watch(Sender);
        }

        _notices.Forget();
        _gets.Forget();
        _serving.RefuseAll();
        _context.Attach(Sender, attach.Life);
        _context.TellActor(new ToActor.Attached(attach.Life, Self));
        foreach (var (name, serial) in _met)
        {
            TellMet(name, serial);
        }

        if (_context.Quorum is not null)
        {
            TellQuorum();
        }

        if (_context.Leader is not null)
        {
            TellLeader();
        }

        for (var serial = attach.LastSerial.Next; _process.Store.Read(serial) is { } pair; serial = serial.Next)
        {
            TellCommitted(pair);
        }

        _proposals.ShowAll();
    }

    private void OnActorStopped()
    {
        _watched = null;
        _context.Detach();
        _notices.Forget();
        _gets.Forget();
        _serving.RefuseAll();
        _proposals.RefuseAll();
    }

    private void OnPeerNews(PeerNews news)
    {
        switch (news)
        {
            case PeerNews.Found found:
                Meet(found.Name, found.Number, found.Engine);
                break;
            case PeerNews.Reachable when _context.Peers.Mark(news.Name, isReachable: true):
                Step(new Input.PeerReachable(news.Name));
                OnServerInSight();
                break;
            case PeerNews.Unreachable when _context.Peers.Mark(news.Name, isReachable: false):
                Step(new Input.PeerUnreachable(news.Name));
                _gets.OnUnreachable(news.Name);
                break;
        }
    }

    // Whoever writes to us can be written to: a peer's first message may come before discovery has told of it.
    private void Meet(ProcessName name, long number, IActorRef engine)
    {
        if (_context.Peers.Learn(name, number, engine))
        {
            _notices.TellWaiting();
            Step(new Input.PeerReachable(name));
            OnServerInSight();
        }
    }

    private void OnServerInSight()
    {
        _appends.SendWaiting();
        _gets.AskWaiting();
    }

    private void OnTick(Tick tick)
    {
        // The whole machine slept: what came in meanwhile goes first, heartbeats above all, and the tick counts once.
        var now = Context.System.Scheduler.MonotonicClock;
        if (!tick.IsLate && now > _tickDue + (2 * _process.Settings.TickInterval))
        {
            _tickDue = now;
            Self.Tell(Tick.Late);
            return;
        }

        ArmTick();
        _context.Now++;
        Step(Input.Tick.Instance);
        _appends.OnTick();
        _notices.TellWaiting();
        _gets.OnTick();
        _serving.OnTick();
    }

    // One by one, and not a repeated timer: ticks never pile up in the mailbox. Counted from when the last one was due, so that small
    // delays do not add up.
    private void ArmTick()
    {
        var scheduler = Context.System.Scheduler;
        _tickDue += _process.Settings.TickInterval;
        var delay = _tickDue - scheduler.MonotonicClock;
        scheduler.ScheduleTellOnce(delay > TimeSpan.Zero ? delay : TimeSpan.Zero, Self, Tick.OnTime, Self);
    }

    private sealed record Tick(bool IsLate)
    {
        public static Tick OnTime { get; } = new(false);

        public static Tick Late { get; } = new(true);
    }
}
