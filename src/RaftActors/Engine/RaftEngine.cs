using System.Collections.Immutable;
using System.Diagnostics;

using Akka.Actor;
using Akka.Event;

using RaftActors.Core;
using RaftActors.Discovery;
using RaftActors.Wire;

namespace RaftActors.Engine;

/// <summary>
/// The actor that hosts the Core of one process. It gives Core its inputs, such as messages, ticks and proposals, and carries out Core's
/// effects (RaftEngine.Effects.cs). Its path is <c>/system/raft/{group}/{name}</c>. A restart of the user's actor does not touch it: the
/// next life attaches.
/// </summary>
internal sealed partial class RaftEngine : UntypedActor, IWithTimers
{
    // The maximum number of the actor's messages that one turn reads. Heartbeats and ticks go before the next ones.
    private const int InboxBatch = 256;

    private readonly RaftProcess _process;
    private readonly IActorRef _registry;
    private readonly EngineContext _context;
    private readonly RaftCore _core;
    private readonly NoticeDesk _notices;
    private readonly AppendDesk _appends;
    private readonly ProposalDesk _proposals;
    private readonly GetDesk _gets;
    private readonly ServeDesk _serving;
    private readonly QueryDesk _queries;
    private readonly ChangeDesk _changes;
    private readonly LeaderDesk _leading;
    private readonly SnapshotDesk _snapshots;
    private readonly StopDesk _stopping;
    private readonly EventDesk _events;
    private readonly SortedDictionary<ProcessName, Serial> _met = [];
    private readonly Queue<Input> _inputs = [];
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Action<WireMessage> _readOwn;
    private bool _isStepping;

    // The sender of the current message, if Core does not trust it to be the latest boot of its name.
    private (ProcessName Name, IActorRef Engine)? _untrusted;
    private IActorRef? _watched;
    private ImmutableArray<ProcessName> _toldNames;
    private TimeSpan _tickDue;

    public RaftEngine(RaftProcess process, IActorRef registry)
    {
        _process = process;
        _registry = registry;
        _context = new EngineContext(process, Self);
        _readOwn = message => OnWire(message, _context.Self);
        _notices = new NoticeDesk(_context);
        _appends = new AppendDesk(_context);
        _gets = new GetDesk(_context);
        _serving = new ServeDesk(_context);
        _queries = new QueryDesk(_context, Step);
        _changes = new ChangeDesk(_context);
        _leading = new LeaderDesk(_context, Step);
        _stopping = new StopDesk(_context, Step);
        _core = process.TakeCore();
        _proposals = new ProposalDesk(_context, Step, _core.IndexOf, () => Self.Tell(ProposeTurn.Instance));
        _snapshots = new SnapshotDesk(_context, _core, Step);
        var stream = Context.System.EventStream;
        _events = new EventDesk(_context, _core, stream.Publish);
        if (_core.Snapshot is { } snapshot)
        {
            _context.Commit = snapshot.Position.Index;
            _context.CommitConfiguration(snapshot.ConfigurationIndex, snapshot.Configuration);
        }
    }

    public ITimerScheduler Timers { get; set; } = null!; // Justification: Akka sets it before the actor starts.

    protected override void PreStart()
    {
        _registry.Tell(new RaftRegistry.EngineStarted(_process), Self);
        TellNames();
        _events.OnStarted();
        _process.Store.MeetEngine(Self);
        ArmTick();
    }

    // Also runs after a failure. GroupRoom does the rest, after the engine is gone.
    protected override void PostStop()
    {
        _notices.OnStopped();
        _appends.OnStopped();
        _changes.OnStopped();
        _process.Store.Close();
    }

    protected override void OnReceive(object message)
    {
        _context.Outbox.BeginTurn();
        Handle(message);
        _context.Outbox.EndTurn(_readOwn);
    }

    private void Handle(object message)
    {
        switch (message)
        {
            case Tick tick:
                OnTick(tick);
                break;
            case ProposeTurn:
                _proposals.OnTurn();
                break;
            case WireMessage wire:
                OnWire(wire, Sender);
                break;
            case ToEngine.ReadInbox:
                ReadInbox();
                break;
            case ToEngine.Attach attach:
                OnAttach(attach);
                break;
            case PeerNews news:
                OnPeerNews(news);
                break;
            case StoreNews news:
                OnStoreNews(news);
                break;
            case RaftRegistry.PrepareStop:
                _stopping.Begin(Sender);
                break;
            case Terminated terminated:
                OnTerminated(terminated.ActorRef);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void OnWire(WireMessage message, IActorRef sender)
    {
        switch (message)
        {
            case WireMessage.Batch batch:
                foreach (var each in batch.Messages)
                {
                    OnWire(each, sender);
                }

                break;
            case WireMessage.CoreMessage core:
                OnCoreMessage(core, sender);
                break;
            case WireMessage.Leaving leaving:
                _stopping.Receive(leaving, sender);
                break;
            case WireMessage.AppendRequest append:
                if (!_stopping.Refuse(append, sender))
                {
                    _proposals.Submit(append, sender);
                }

                break;
            case AppendReply reply:
                _appends.Receive(reply);
                break;
            case WireMessage.GetRequest get:
                _serving.Submit(get, sender);
                break;
            case GetReply reply:
                _gets.Receive(reply, sender);
                break;
            case WireMessage.ChangeRequest change:
                _leading.Submit(change, sender);
                break;
            case ChangeReply reply:
                _changes.Receive(reply);
                break;
            default:
                throw new UnreachableException();
        }
    }

    private void ReadInbox()
    {
        for (var read = 0; read < InboxBatch && _process.Inbox.TryTake(_context.Life, out var message); read++)
        {
            OnActor(message);
        }

        if (_process.Inbox.EndReading(_context.Life))
        {
            Self.Tell(ToEngine.ReadInbox.Instance);
        }
    }

    private void OnActor(ToEngine message)
    {
        switch (message)
        {
            case ToEngine.Append append:
                if (!_stopping.Refuse(append))
                {
                    _appends.Submit(append);
                }

                break;
            case ToEngine.Get get:
                _gets.Submit(get);
                break;
            case ToEngine.Query query:
                _queries.Submit(query);
                break;
            case ToEngine.Change change:
                _changes.Submit(change);
                break;
            case ToEngine.Explain explain:
                explain.ReplyTo.Tell(new Explanation(explain.Request, Explain()), Self);
                break;
            case ToEngine.Judged judged:
                _proposals.OnJudged(judged);
                break;
            case ToEngine.Served served:
                _serving.OnServed(served);
                break;
            case ToEngine.WantSnapshot:
                _snapshots.Ask();
                break;
            case ToEngine.State state:
                _snapshots.OnState(state);
                break;
            case ToEngine.Unreadable unreadable:
                StopFor(unreadable.Detail);
                break;
        }
    }

    // A new life gets all news that earlier lives got, in the same order.
    private void OnAttach(ToEngine.Attach attach)
    {
        var isOtherActor = _watched is null || !_watched.Equals(Sender);
        if (isOtherActor)
        {
            _watched = Context.Watch(Sender);
        }

        ForgetLife();
        _context.Attach(Sender, attach.Life, attach.TakesSnapshots, attach.JudgesProposals);
        _context.TellActor(new ToActor.Attached(attach.Life, Self, _context.Own));
        var last = TellLatestSnapshot(attach);
        _process.Appends.EndCommittedTo(last, Self);
        if (isOtherActor)
        {
            _process.Appends.EndCancelled(Self);
        }

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

        TellCommittedAfter(last);
        _proposals.ShowAll();
        _snapshots.OnAttached();
    }

    // A stopped actor may end after the next actor of its name has attached. Then the engine ignores the end.
    private void OnTerminated(IActorRef actor)
    {
        if (actor.Equals(_watched))
        {
            OnActorStopped();
        }
    }

    private void OnActorStopped()
    {
        _watched = null;
        _context.Detach();
        ForgetLife();
        _proposals.RefuseAll();
        if (_process.Inbox.TryAnnounce())
        {
            // The actor stopped before it knew the engine. Its Appends and changes continue.
            Self.Tell(ToEngine.ReadInbox.Instance);
        }
    }

    private void ForgetLife()
    {
        _notices.Forget();
        _gets.Forget();
        _queries.Forget();
        _serving.RefuseAll();
    }

    private void OnPeerNews(PeerNews news)
    {
        switch (news)
        {
            case PeerNews.Found found:
                Meet(found.Name, found.Number, found.Engine);
                break;
            case PeerNews.Reachable(var name, var node) when _context.Peers.Mark(name, node, isReachable: true):
                _events.OnPeer(news.Name);
                Step(new Input.PeerReachable(news.Name));
                OnServerInSight();
                break;
            case PeerNews.Unreachable(var name, var node) when _context.Peers.Mark(name, node, isReachable: false):
                _events.OnPeer(news.Name);
                Step(new Input.PeerUnreachable(news.Name));
                _gets.OnUnreachable(news.Name);
                break;
        }
    }

    // A peer's first message may come before discovery reports the peer, so the engine learns the address here. A delayed message of an
    // earlier boot has a dead address. The engine does not learn it, and sends the refusal to the message's sender.
    private void OnCoreMessage(WireMessage.CoreMessage message, IActorRef sender)
    {
        var from = message.Envelope.From.Name;
        if (_core.Trusts(message.Envelope))
        {
            Meet(from, message.FromNumber, sender);
            Step(new Input.Receive(message.Envelope));
        }
        else
        {
            _untrusted = (from, sender);
            Step(new Input.Receive(message.Envelope));
            _untrusted = null;
        }
    }

    private IActorRef? AddressOf(ProcessName name) =>
        _untrusted is ({ } untrusted, var sender) && untrusted == name ? sender : _context.Peers.Find(name);

    private void Meet(ProcessName name, long number, IActorRef engine)
    {
        if (_context.Peers.Learn(name, number, engine))
        {
            _events.OnPeer(name);
            _notices.TellWaiting();
            Step(new Input.PeerReachable(name));
            OnServerInSight();
        }
    }

    // Discovery looks for all processes that this process's log names.
    private void TellNames()
    {
        if (_toldNames != _core.Others)
        {
            _toldNames = _core.Others;
            _registry.Tell(new RaftRegistry.EngineNames(_process, _toldNames), Self);
        }
    }

    private void OnServerInSight()
    {
        _appends.SendWaiting();
        _changes.SendWaiting();
        _gets.AskWaiting();
    }

    private void OnTick(Tick tick)
    {
        // The machine was suspended. The messages in the mailbox go first, above all heartbeats, and the tick counts once.
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
        _proposals.OnTick();
        _appends.OnTick();
        _changes.OnTick();
        _queries.OnTick();
        _notices.TellWaiting();
        _gets.OnTick();
        _serving.OnTick();
        _stopping.OnTick();
    }

    // Each tick starts the timer of the next one. A periodic timer would let ticks pile up in the mailbox. Invariant: a tick may come late
    // but never early, because votes and the leader's lease hold for a number of ticks.
    private void ArmTick()
    {
        _tickDue = Context.System.Scheduler.MonotonicClock + _process.Settings.TickInterval;
        Timers.StartSingleTimer(nameof(Tick), Tick.OnTime, _process.Settings.TickInterval);
    }

    private sealed record Tick(bool IsLate)
    {
        public static Tick OnTime { get; } = new(false);

        public static Tick Late { get; } = new(true);
    }

    private sealed class ProposeTurn
    {
        public static ProposeTurn Instance { get; } = new();
    }
}
