using Akka.Dispatch;
using Akka.Dispatch.SysMsg;
using Akka.Event;

namespace Akka.Actor;

/// <summary>
/// Holds an actor's mailbox, children, watches and behaviours, while restarts replace the instance. Only the thread that runs the
/// mailbox touches the cell. <see cref="ChildrenContainer"/> is the exception: it has a lock.
/// </summary>
internal sealed partial class ActorCell : IUntypedActorContext
{
    [ThreadStatic]
    private static ActorCell? _current;

    private readonly Stack<Receive> _behaviours = new();
    private Envelope _envelope;
    private ActorTaskScheduler? _taskScheduler;

    /// <summary>Number of asynchronous handlers that have not ended. While it is above zero, the current message stays the same.</summary>
    private int _tasks;

    public ActorCell(ActorSystemImpl system, LocalActorRef self, Props props, Dispatcher dispatcher, InternalActorRef parent)
    {
        SystemImpl = system;
        Self = self;
        Props = props;
        Parent = parent;
        Mailbox = new Mailbox(this, dispatcher);
    }

    /// <summary>The cell whose mailbox runs on this thread.</summary>
    public static ActorCell? Current
    {
        get => _current;
        set => _current = value;
    }

    public ActorSystemImpl SystemImpl { get; }

    public LocalActorRef Self { get; }

    public Props Props { get; }

    public InternalActorRef Parent { get; }

    public Mailbox Mailbox { get; }

    /// <summary>The current instance. Null before creation, after termination, and while a restart waits for children.</summary>
    public ActorBase? Actor { get; private set; }

    public ActorTaskScheduler TaskScheduler => _taskScheduler ??= new ActorTaskScheduler(this);

    public object? CurrentMessage => _envelope.Message;

    public IActorRef Sender => _envelope.Sender ?? SystemImpl.DeadLetters;

    public ActorSystem System => SystemImpl;

    IActorRef IActorContext.Self => Self;

    IActorRef IActorContext.Parent => Parent;

    public IActorRef ActorOf(Props props, string? name = null) => AttachChild(props, name);

    public ActorSelection ActorSelection(ActorPath actorPath) => SystemImpl.ActorSelection(actorPath);

    public ActorSelection ActorSelection(string actorPath) => Akka.Actor.ActorSelection.Create(Self, actorPath);

    public void Become(Receive receive)
    {
        _behaviours.TryPop(out _);
        _behaviours.Push(receive);
    }

    public void BecomeStacked(Receive receive) => _behaviours.Push(receive);

    public void Become(UntypedReceive receive) => Become(Handled(receive));

    public void BecomeStacked(UntypedReceive receive) => BecomeStacked(Handled(receive));

    public void UnbecomeStacked()
    {
        _behaviours.TryPop(out _);
        if (_behaviours.Count == 0 && Actor is { } actor)
        {
            _behaviours.Push(actor.ReceiveFirst);
        }
    }

    public void Stop(IActorRef child)
    {
        var actor = InternalActorRef.Of(child);
        if (Children.Find(actor) is { } stats)
        {
            stats.IsStopping = true;
        }

        actor.Stop();
    }

    /// <summary>Holds back ordinary messages until the asynchronous handler has ended.</summary>
    public void BeginTask()
    {
        _tasks++;
        Mailbox.Suspend();
    }

    public void Invoke(in Envelope envelope)
    {
        _envelope = envelope;
        _currentIsStashed = false;
        try
        {
            var message = envelope.Message;
            if (_receiveTimeout is not null && message is not INotInfluenceReceiveTimeout)
            {
                CancelReceiveTimeout();
            }

            if (message is IAutoReceivedMessage)
            {
                AutoReceive(message);
            }
            else
            {
                Receive(message);
            }
        }
        catch (Exception failure)
        {
            // The current message is kept, because PreRestart receives it.
            Fail(failure, null);
            return;
        }

        if (_tasks == 0)
        {
            _envelope = default;
            ArmReceiveTimeout();
        }
    }

    public void SystemInvoke(SystemMessage message)
    {
        try
        {
            Handle(message);
        }
        catch (Exception failure)
        {
            Fail(failure, null);
        }
    }

    private static Receive Handled(UntypedReceive receive) => message =>
    {
        receive(message);
        return true;
    };

    private void Handle(SystemMessage message)
    {
        switch (message)
        {
            case Create:
                CreateActor();
                break;
            case Watch watch:
                AddWatcher(watch.Watchee, watch.Watcher);
                break;
            case Unwatch unwatch:
                RemoveWatcher(unwatch.Watchee, unwatch.Watcher);
                break;
            case DeathWatchNotification ended:
                WatchedActorTerminated(ended.Actor, ended.ExistenceConfirmed, ended.AddressTerminated);
                break;
            case Suspend:
                Mailbox.Suspend();
                SuspendChildren(null);
                break;
            case Resume resume:
                FaultResume(resume.CausedByFailure);
                break;
            case Recreate recreate:
                FaultRecreate(recreate.Cause);
                break;
            case Failed failed:
                HandleFailed(failed);
                break;
            case ContinueTask piece:
                TaskScheduler.Continue(piece.Task);
                break;
            case CompleteTask completed:
                EndTask(completed.Failure);
                break;
            case Terminate:
                TerminateActor();
                break;
            default:
                throw new NotSupportedException($"System message {message.GetType().Name} is not for an actor's cell.");
        }
    }

    private void EndTask(Exception? failure)
    {
        _tasks--;
        Mailbox.Resume();
        if (failure is not null)
        {
            Fail(failure, null);
        }
        else if (_tasks == 0)
        {
            _envelope = default;
            ArmReceiveTimeout();
        }
    }

    private void AutoReceive(object message)
    {
        switch (message)
        {
            case PoisonPill:
                Self.Stop();
                break;
            case Kill:
                throw new ActorKilledException("Kill");
            case Terminated terminated:
                ReceivedTerminated(terminated);
                break;
            case Identify identify:
                Sender.Tell(new ActorIdentity(identify.MessageId, Self), Self);
                break;
            case ActorSelectionMessage selection:
                selection.Deliver(Self, _envelope.Sender);
                break;
            case AddressTerminated gone:
                WatchedAddressTerminated(gone.Address);
                break;
            case TimerMessage timer:
                ReceivedTimer(timer);
                break;
            default:
                Receive(message);
                break;
        }
    }

    private void Receive(object message)
    {
        if (Actor is { } actor)
        {
            actor.HandleMessage(_behaviours.Peek(), message);
        }
    }

    /// <summary>Creates an instance that is ready for its first message.</summary>
    private ActorBase NewActor()
    {
        _behaviours.Clear();
        var actor = Props.NewActor();
        actor.OnConstructed();
        if (_behaviours.Count == 0)
        {
            _behaviours.Push(actor.ReceiveFirst);
        }

        if (actor is IActorStash stashing)
        {
            stashing.Stash = new Stash(this);
        }

        return actor;
    }

    private void Publish(LogEvent logEvent) => SystemImpl.EventStream.Publish(logEvent);
}
