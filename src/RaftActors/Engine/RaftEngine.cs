using Akka.Actor;
using Akka.Event;

using RaftActors.Core;
using RaftActors.Discovery;
using RaftActors.Telemetry;
using RaftActors.Transport;
using RaftActors.Wire;

namespace RaftActors.Engine;

/// <summary>
/// The actor that hosts the Core of one process. It passes each message to the desk that handles it. <see cref="EngineSteps"/> gives Core
/// its inputs, and <see cref="EngineEffects"/> carries out Core's effects. The actor's path is <c>/system/raft/{group}/{name}</c>.
/// A restart of the user's actor does not touch the engine: the next life attaches.
/// </summary>
internal sealed class RaftEngine : UntypedActor
{
    private readonly RaftProcess _process;
    private readonly RaftCore _core;
    private readonly EngineContext _context;
    private readonly EngineSteps _steps;
    private readonly EngineDesks _desks;
    private readonly InboxDesk _inbox;
    private readonly LifeDesk _lives;
    private readonly PeerDesk _peers;
    private readonly StoreDesk _store;
    private readonly TickTimer _ticks;
    private readonly int _longestRest;
    private readonly ProcessGauges _gauges;
    private readonly Action<WireMessage> _readOwn;

    public RaftEngine(RaftProcess process, IActorRef registry)
    {
        var log = Context.GetLogger();
        var clock = Context.System.Scheduler;
        _process = process;
        _context = new EngineContext(process, Self);
        var raft = Raft.Get(Context.System);
        (_context.Outbox.Lanes, _context.Outbox.IsCutOff) = (raft.Lanes, () => raft.IsTerminating);
        var core = _core = process.TakeCore();
        _readOwn = message => OnWire(message, _context.Self);
        var tick = process.Settings.Timing.TickInterval;
        _longestRest = TimingSettings.LongestRest(core.Options);
        _ticks = new TickTimer(Self, raft.Clock, clock, tick, lateness: tick * TimingSettings.LongestLateness(core.Options));
        _steps = new EngineSteps(_context, core, clock);
        var events = Context.System.EventStream;
        _desks = new EngineDesks(
            _context,
            core,
            _steps.Step,
            told =>
            {
                EventLog.Write(log, told);
                events.Publish(told);
            },
            raft.Address);
        var commits = new CommitDesk(_context, _desks, log);
        var views = new ViewDesk(_context, _desks, log);
        _inbox = new InboxDesk(_context, core, _desks, StopFor);
        var strangers = new WarningLimit(TimeProvider.System);
        _context.Peers.Refused = name =>
        {
            const string Why = "Messages of processes that no configuration of the group names are dropped, because too many of them run. "
                + "Find out which programs send them, or set raft.security.";
            if (strangers.TryGive("", Why, out var text))
            {
                log.Warning("{0}: {1} The process {2} is one of them.", process.Name, text, name);
            }
        };
        _peers = new PeerDesk(_context, core, _desks, views, _steps.Step, registry, raft);
        _lives = new LifeDesk(_context, core, _desks, views, _peers, commits, Context);
        var reader = Context.ActorOf(Props.Create(() => new PageReader(process.Store)), "pages");
        var pages = new PageDesk(_peers.Send, send => reader.Tell(send, _context.Self), () => core.Term);
        var pairs = Context.ActorOf(Props.Create(() => new PairReader(process.Pairs)), "pairs");
        _desks.Pairs.Ask = wanted => pairs.Tell(wanted, _context.Self);
        _store = new StoreDesk(_context, _desks, commits, pages, chunk => reader.Tell(chunk, _context.Self), _steps.Step, log);
        _gauges = new ProcessGauges(_context, core, _desks);
        _steps.Begin(new EngineEffects(_context, core, _desks, views, commits, _peers, pages, _store, log));
        _context.Commit = core.CommitIndex;
        if (core.CommittedConfiguration is var (index, configuration))
        {
            _context.CommitConfiguration(index, configuration);
        }
    }

    // A reader that fails ends the engine.
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Escalate);

    protected override void PreStart()
    {
        _peers.OnStarted();
        _desks.Events.OnStarted();
        _process.Store.MeetEngine(Self);
        KeepTicking();
        _gauges.Begin();
    }

    // Also runs after a failure. GroupRoom does the rest, after the engine is gone.
    protected override void PostStop()
    {
        _ticks.Rest();
        _peers.OnWoken();
        _gauges.End();
        _desks.OnStopped();
        _context.Traces.OnStopped();
        _context.Outbox.Stop();
        _process.Store.Close();
    }

    protected override void OnReceive(object message)
    {
        _context.Outbox.BeginTurn();

        // Before the message, because Core counts a promise to a leader from its heartbeat on. It would end early by the ticks of the rest.
        Count(_ticks.TakeDue());
        Handle(message);
        _context.Outbox.EndTurn(_readOwn);
        _gauges.OnTurn();
        KeepTicking();
    }

    private void Handle(object message)
    {
        switch (message)
        {
            case ToSelf.Tick tick:
                Count(_ticks.Take(tick));
                break;
            case ToSelf.ProposeTurn:
                _desks.Proposals.OnTurn();
                break;
            case WireMessage wire:
                OnWire(wire, Sender);
                break;
            case ToEngine.ReadInbox:
                _inbox.Read();
                break;
            case ToEngine.Attach attach:
                _lives.OnAttach(attach, Sender);
                break;
            case PeerNews news:
                _peers.OnNews(news);
                break;
            case StoreNews.Failed failed:
                StopFor(failed.Cause.Message);
                break;
            case StoreNews news:
                _store.OnNews(news);
                break;
            case RaftRegistry.PrepareStop:
                _desks.Stopping.Begin(Sender);
                break;
            case Terminated terminated:
                _lives.OnTerminated(terminated.ActorRef);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Count(long ticks)
    {
        for (var left = ticks; left > 0; left--)
        {
            _context.Now++;
            _steps.Step(Input.Tick.Instance);
        }

        if (ticks > 0)
        {
            _desks.OnTick();
        }
    }

    // A quiescent process with no request open needs no ticks. The first message that changes this starts them again.
    private void KeepTicking()
    {
        if (!_desks.AreAtRest)
        {
            _ticks.Arm(1, isShort: _desks.AreIdle);
        }
        else if (!_core.IsQuiescent)
        {
            _ticks.Arm(_gauges.IsStale ? 1 : Math.Min(_core.TicksUntilDue, _longestRest), isShort: true);
        }
        else
        {
            _ticks.Rest();
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
            case WireMessage.Traced traced:
                _context.Traces.Receive(traced);
                OnWire(traced.Inner, sender);
                break;
            case WireMessage.CoreMessage core:
                _peers.Receive(core, sender);
                break;
            case WireMessage.Leaving leaving:
                _desks.Stopping.Receive(leaving, sender);
                break;
            case WireMessage.ActorAt actor:
                _peers.Receive(actor, sender);
                break;
            case WireMessage.AppendRequest append:
                if (!_desks.Stopping.Refuse(append, sender))
                {
                    _desks.Proposals.Submit(append, sender);
                }

                break;
            case AppendReply reply:
                _desks.Appends.Receive(reply);
                break;
            case ClientCall call:
                _desks.Clients.Submit(call, sender);
                break;
            case WireMessage.GetRequest get:
                _desks.Serving.Submit(get, sender);
                break;
            case GetReply reply:
                _desks.Gets.Receive(reply, sender);
                break;
            case WireMessage.ChangeRequest change:
                _desks.Leading.Submit(change, sender);
                break;
            case ChangeReply reply:
                _desks.Changes.Receive(reply);
                break;
            default:
                // Sent by a node that lies, or is newer. An exception would stop this engine.
                Unhandled(message);
                break;
        }
    }

    private void StopFor(string failure)
    {
        _process.View = _process.View with { Failure = failure };
        Context.Stop(Self);
    }
}
