using Akka.Actor;
using Akka.Event;

using RaftActors.Core;
using RaftActors.Delivery;
using RaftActors.Network;
using RaftActors.Settings;
using RaftActors.Wire;

namespace RaftActors.Engine;

/// <summary>
/// The actor that hosts the Core of one process. <see cref="OnReceive"/> switches over the families of messages, and one method for each
/// family passes a message to the part of the <see cref="EngineContext"/> that handles it. The actor's path is
/// <c>/system/raft/{group}/{name}</c>. A restart of the user's actor does not touch the engine: the next life attaches.
/// </summary>
internal sealed class RaftEngine : UntypedActor
{
    // The maximum number of messages of the actor that one turn reads.
    private const int InboxBatch = 256;

    private readonly EngineContext _context;
    private readonly ActorLives _lives;
    private readonly TickTimer _ticks;
    private readonly int _longestRest;
    private readonly ProcessGauges _gauges;
    private readonly CallInbox _calls;

    public RaftEngine(RaftProcess process, IActorRef registry)
    {
        var (system, core, tick) = (Context.System, process.TakeCore(), process.Settings.Timing.TickInterval);
        var context = Context;

        // By type: an expression is compiled each time, and a node may start ten thousand engines.
        EngineActors actors = new(
            registry,
            Context.ActorOf(Props.Create<PageReader>(process.Store), "pages"),
            Context.ActorOf(Props.Create<PairReader>(process.Pairs), "pairs"),
            new Lazy<IActorRef>(() => context.ActorOf(
                Props.Create(() => new BackupServer(process.Store, process.Settings.Limits.PairSizeMaxBytes)), "backups")));
        _context = new EngineContext(process, core, Self, system, actors, Context.GetLogger());
        _lives = new ActorLives(_context, Context);
        _longestRest = TimingSettings.LongestRest(core.Options);
        _ticks = new TickTimer(
            Self, ClockThread.Of(system), system.Scheduler, tick, lateness: tick * TimingSettings.LongestLateness(core.Options));
        _gauges = new ProcessGauges(_context);
        _calls = new CallInbox(Self);
    }

    private CallTarget Target => new(_context.Process.Settings.Group, _context.Process.Name);

    // A reader that fails ends the engine.
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Escalate);

    protected override void PreStart()
    {
        _context.PeerMessages.OnStarted();
        _context.Events.OnStarted();
        _context.Process.Store.MeetEngine(Self);
        KeepTicking();
        _gauges.Begin();
        _context.Network.Calls.Add(Target, _calls);
    }

    // Also runs after a failure. EngineSupervisor does the rest, after the engine is gone.
    protected override void PostStop()
    {
        _ticks.Rest();
        _context.Network.Calls.Remove(Target, _calls);
        _calls.Close(NodeCalls.WhyNone(Target));
        _context.PeerMessages.EndWatch();
        _gauges.End();
        _context.OnStopped();
        _context.Process.Store.Close();
    }

    protected override void OnReceive(object message)
    {
        _context.Outbox.BeginTurn();
        ReplyTurn.Begin();
        try
        {
            // Before the message, because Core counts a promise to a leader from its heartbeat on. It would end early by the ticks of the
            // rest.
            Count(_ticks.TakeDue());
            Take(message);
        }
        finally
        {
            ReplyTurn.End();
        }

        _context.Outbox.EndTurn();
        _gauges.OnTurn();
        KeepTicking();
    }

    private void Take(object message)
    {
        switch (message)
        {
            case WireMessage wire:
                OnWire(wire);
                break;
            case WireBatch batch:
                foreach (var each in batch.Messages)
                {
                    OnWire(each);
                }

                break;
            case StoreNews news:
                OnStore(news);
                break;
            case ToEngine own:
                OnActor(own);
                break;
            case ToSelf own:
                OnSelf(own);
                break;
            case PeerNews news:
                _context.PeerMessages.OnNews(news);
                break;
            case PrepareStop:
                _context.Stopping.Begin(Sender);
                break;
            case Terminated terminated:
                _lives.OnTerminated(terminated.ActorRef);
                _calls.OnActor(_context);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void OnWire(WireMessage message)
    {
        if (!_context.Receive(message, Sender))
        {
            // Sent by a node that lies, or is newer. An exception would stop this engine.
            Unhandled(message);
        }
    }

    private void OnStore(StoreNews news)
    {
        if (news is StoreNews.Failed failed)
        {
            StopFor(failed.Cause.Message);
        }
        else
        {
            _context.Store.OnNews(news);
        }
    }

    private void OnActor(ToEngine message)
    {
        switch (message)
        {
            case ToEngine.ReadInbox:
                ReadInbox();
                break;
            case ToEngine.Append append:
                _context.Appends.Submit(append);
                break;
            case ToEngine.Query query:
                _context.Queries.Submit(new ReadableQuery(query.Request), query.Timeout, query.Consistency);
                break;
            case ToEngine.Get get:
                _context.Gets.Submit(get);
                break;
            case ToEngine.Change change:
                _context.Changes.Submit(change);
                break;
            case ToEngine.Judged judged:
                _context.Proposals.OnJudged(judged);
                break;
            case ToEngine.Served served:
                _context.ServedGets.OnServed(served);
                break;
            case ToEngine.Explain explain:
                explain.ReplyTo.Tell(new Explanation(explain.Request, EngineExplanation.Of(_context)), Self);
                break;
            case ToEngine.WantSnapshot:
                _context.Snapshots.Ask();
                break;
            case ToEngine.StateBegun begun:
                _context.Snapshots.OnStateBegun(begun.Serial);
                break;
            case ToEngine.State state:
                _context.Snapshots.OnState(state);
                break;
            case ToEngine.Attach attach:
                _lives.OnAttach(attach, Sender);
                _calls.OnActor(_context);
                break;
            case ToEngine.HoldEnded:
                _context.Hold.OnEnded();
                break;
            case ToEngine.Unreadable unreadable:
                StopFor(unreadable.Detail);
                break;
        }
    }

    // Invariant: one turn reads a bounded number of the actor's messages, so heartbeats and ticks go before the next ones.
    private void ReadInbox()
    {
        var inbox = _context.Process.Inbox;
        for (var read = 0; read < InboxBatch && inbox.TryTake(_context.Life, out var message); read++)
        {
            OnActor(message);
        }

        _context.Queries.AskWaiting();
        if (inbox.EndReading(_context.Life))
        {
            Self.Tell(ToEngine.ReadInbox.Instance, Self);
        }
    }

    private void OnSelf(ToSelf message)
    {
        switch (message)
        {
            case ToSelf.Tick tick:
                Count(_ticks.Take(tick));
                break;
            case ToSelf.CallTurn:
                _calls.Take(_context.Clients);
                _context.Queries.AskWaiting();
                break;
            case ToSelf.ProposeTurn:
                _context.Proposals.OnTurn();
                break;
        }
    }

    private void Count(long ticks)
    {
        for (var left = ticks; left > 0;)
        {
            // A busy engine takes its ticks one by one, and need not ask.
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
                _context.Step(Input.Tick.Instance);
            }
        }

        if (ticks > 0)
        {
            _context.OnTick();
        }
    }

    // A quiescent process with no request open needs no ticks. The first message that changes this starts them again.
    private void KeepTicking()
    {
        if (!_context.IsAtRest)
        {
            _ticks.Arm(1, isShort: _context.IsIdle);
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
        _context.Process.Status = _context.Process.Status with { Failure = failure };
        Context.Stop(Self);
    }
}
