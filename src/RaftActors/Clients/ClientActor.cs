using Akka.Actor;
using Akka.Remote;

using RaftActors.Network;
using RaftActors.Wire;

namespace RaftActors.Clients;

/// <summary>
/// One client of a group, on any node: finds the group, and sends its Appends to the leader until they end. Its timer runs while an Append
/// is open.
/// </summary>
internal sealed class ClientActor : UntypedActor, IWithTimers
{
    private const int TicksPerPatience = 10;

    private readonly ClientSettings _settings;
    private readonly ClientCalls _calls;
    private readonly ClientAppendQueue _queue;
    private readonly GroupFinder _finder;
    private readonly ClientQuestions _questions;

    // Since then the target was asked, and has not answered. Null: it has answered, or was not asked.
    private TimeSpan? _silentSince;
    private TimeSpan _pingedAt;
    private bool _hasTimer;
    private bool _isClosing;
    private TimeSpan _closesAt;

    public ClientActor(ClientSettings settings, ClientCalls calls)
    {
        (_settings, _calls) = (settings, calls);
        var provider = ((ExtendedActorSystem)Context.System).Provider;
        var network = NodeNetwork.Of(Context.System);
        var self = Self;
        IActorRef RegistryAt(Address node) => network.ActorAt($"{node}/system/raft");
        var registries = settings.Contacts.Prepend(provider.DefaultAddress).Distinct().Select(RegistryAt).ToArray();
        _queue = new ClientAppendQueue(ClientSession.New(), settings.AttemptTimeout, self, Context.System.Scheduler);
        _finder = new GroupFinder(
            settings.Group,
            (engine, call) => engine.Tell(call, self),
            call => Array.ForEach(registries, registry => registry.Tell(call, self)),
            network.ActorAt,
            () => network.Problems,
            settings.AttemptTimeout);
        _questions = new ClientQuestions(_finder, settings.AttemptTimeout, RegistryAt);
    }

    public ITimerScheduler Timers { get; set; } = null!; // Justification: Akka sets it before the actor starts.

    private static TimeSpan Now => Context.System.Scheduler.MonotonicClock;

    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe(Self, typeof(DisassociatedEvent));
        Context.System.EventStream.Subscribe(Self, typeof(ConnectionNews.Disconnected));
        Context.System.EventStream.Subscribe(Self, typeof(ConnectionNews.Opened));
        if (_calls.IsClosing)
        {
            // The instance before failed while its last calls were ending. They have ended with it.
            Context.Stop(Self);
        }
        else
        {
            _calls.Queue = _queue;
        }
    }

    // The next instance has another session: it does not know which numbers were used. It reads the calls that wait in the mailbox.
    protected override void PreRestart(Exception reason, object? message)
    {
        _queue.Close(onlyUnsent: false);
        _questions.Close();
        foreach (var relay in Context.GetChildren())
        {
            Context.Stop(relay);
        }
    }

    protected override void PostStop()
    {
        _queue.Close(onlyUnsent: false);
        _questions.Close();
        _calls.OnStopped();
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Submit submit:
                _queue.Add(submit.Append);
                _calls.OnRead();
                Begin();
                break;
            case Ask ask:
                _questions.Add(ask.Question, Context.ActorOf(Props.Create(() => new Relay())), Now);
                Begin();
                break;
            case Relayed reply:
                if (_questions.Receive(Sender, reply.Message, Now))
                {
                    Context.Stop(Sender);
                }

                break;
            case Cancel cancel:
                _queue.Cancel(cancel.Append);
                break;
            case Renounce renounce:
                if (_questions.Cancel(renounce.Question) is { } relay)
                {
                    Context.Stop(relay);
                }

                break;
            case Status.Failure { State: IOutcome unreadable } failure:
                OnHeard();
                _queue.ReceiveUnreadable(unreadable, failure.Cause);
                break;
            case IOutcome outcome:
                OnHeard();
                _queue.Receive(outcome);
                break;
            case ClientReply.Located located:
                OnHeard();
                _finder.Receive(located, Sender, Now);
                Follow();
                TellQuestions();
                break;
            case DisassociatedEvent disassociated:
                _finder.OnUnreachable(disassociated.RemoteAddress, Now);
                Follow();
                break;
            case ConnectionNews.Disconnected disconnected:
                _finder.OnUnreachable(disconnected.Address, Now);
                Follow();
                break;
            case ConnectionNews.Opened { HasLost: true } opened:
                OnLost(opened.Address);
                break;
            case ConnectionNews.Opened:
                break;
            case Tick:
                OnTick();
                break;
            case Close:
                OnClose();
                break;
            default:
                Unhandled(message);
                break;
        }

        StopIfClosed();
    }

    private bool IsOpen => _queue.IsOpen || _questions.IsOpen;

    private bool MustFindGroup => _queue.Target is null && (_queue.IsOpen || _questions.NeedsGroup);

    // Without a way to the leader the Append waits: a process that knows no leader could not do more.
    private void Begin()
    {
        if (!_hasTimer)
        {
            if (MustFindGroup)
            {
                _finder.Ask(Now);
            }

            _hasTimer = true;
            _queue.Watch();
            Timers.StartPeriodicTimer(Tick.Instance, Tick.Instance, _settings.AttemptTimeout / TicksPerPatience);
        }
    }

    private void OnHeard()
    {
        if (Sender.Equals(_queue.Target))
        {
            _silentSince = null;
        }

        _finder.OnHeard(Sender);
    }

    // Messages to a node that could not be reached. Without this they would wait for the patience of the client.
    private void OnLost(Address node)
    {
        _finder.OnLost();
        if (MustFindGroup)
        {
            _finder.Ask(Now);
        }

        _questions.OnLost(node, Now);
        TellQuestions();
    }

    private void OnTick()
    {
        var now = Now;
        if (now - _silentSince >= _settings.AttemptTimeout)
        {
            _finder.OnSilent(now);
            Follow();
        }

        _queue.EndLate(WhyNotSent);

        // A leader that was deposed says so. Its silence counts on when the calls end, because their own timeouts may be shorter.
        if (IsOpen && now - _pingedAt >= _settings.AttemptTimeout / 4 && _finder.TryPing())
        {
            _pingedAt = now;
            _silentSince ??= now;
        }

        _queue.SendOverdue();
        if (MustFindGroup)
        {
            _finder.Ask(now);
        }

        TellQuestions();
        if (!_questions.IsOpen && _queue.TryRest())
        {
            _hasTimer = false;
            Timers.Cancel(Tick.Instance);
        }
    }

    private void Follow()
    {
        if (!Equals(_finder.Way, _queue.Target))
        {
            _silentSince = null;
            if (_finder is { Way: not null, Leader: { } leader })
            {
                Context.System.EventStream.Publish(new LeaderFound(_settings.Group, leader));
            }

            _queue.Follow(_finder.Way);
        }
    }

    private void TellQuestions()
    {
        foreach (var relay in _questions.OnTick(Now))
        {
            Context.Stop(relay);
        }
    }

    private CancelReason.NotCommitted WhyNotSent() => _queue.Target is null
        ? new CancelReason.NotCommitted(NotCommittedReason.NoLeader, _finder.WhyNoWay)
        : new CancelReason.NotCommitted(
            NotCommittedReason.Busy, "It waited for earlier Appends of this client until its timeout. Append it again later.");

    private void OnClose()
    {
        _isClosing = true;
        _calls.IsClosing = true;
        _questions.Close();
        _closesAt = Now + _settings.CloseTimeout;
        _queue.Close(onlyUnsent: true);
    }

    private void StopIfClosed()
    {
        if (_isClosing && (!_queue.IsOpen || Now >= _closesAt))
        {
            Context.Stop(Self);
        }
    }

    /// <summary>The client sends its calls to this leader from now on, or to a process that follows it. Published as an event.</summary>
    internal sealed record LeaderFound(string Group, ProcessName Leader);

    internal sealed record Submit(ClientAppend Append);

    internal sealed record Cancel(ClientAppend Append);

    internal sealed record Ask(ClientQuestion Question);

    /// <summary>The caller waits no more for the answer.</summary>
    internal sealed record Renounce(ClientQuestion Question);

    internal sealed class Close
    {
        public static Close Instance { get; } = new();
    }

    /// <summary>A reply to one question. The sender is the relay of the question.</summary>
    private sealed record Relayed(object Message);

    /// <summary>Receives the replies to one question, and passes them to the client's actor.</summary>
    private sealed class Relay : UntypedActor
    {
        protected override void OnReceive(object message) => Context.Parent.Tell(new Relayed(message), Self);
    }

    private sealed class Tick
    {
        public static Tick Instance { get; } = new();
    }
}
