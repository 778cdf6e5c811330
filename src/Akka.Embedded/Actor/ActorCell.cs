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

    private readonly ActorLifecycle _lifecycle;
    private readonly Stack<Receive> _behaviours = new();
    private Envelope _envelope;
    private ActorTaskScheduler? _taskScheduler;

    /// <summary>Number of asynchronous handlers that have not ended. While it is above zero, the current message stays the same.</summary>
    private int _tasks;

    public ActorCell(ActorSystemImpl system, LocalActorRef self, Props props, MessageDispatcher dispatcher, InternalActorRef parent)
    {
        SystemImpl = system;
        Self = self;
        Props = props;
        Parent = parent;
        Mailbox = new Mailbox(this, dispatcher);
        DeathWatch = new DeathWatch(this);
        _lifecycle = new ActorLifecycle(this);
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

    public ChildrenContainer Children { get; } = new();

    public DeathWatch DeathWatch { get; }

    /// <summary>The current instance. Null before creation, after termination, and while a restart waits for children.</summary>
    public ActorBase? Actor { get; private set; }

    public ActorTaskScheduler TaskScheduler => _taskScheduler ??= new ActorTaskScheduler(this);

    public object? CurrentMessage => _envelope.Message;

    public IActorRef Sender => _envelope.Sender ?? SystemImpl.DeadLetters;

    public ActorSystem System => SystemImpl;

    IActorRef IActorContext.Self => Self;

    IActorRef IActorContext.Parent => Parent;

    /// <summary>Creates an instance that is ready for its first message.</summary>
    public ActorBase NewActor()
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

        Actor = actor;
        return actor;
    }

    /// <summary>Drops the instance. Its stashed messages return to the mailbox, and its timers are cancelled.</summary>
    public void ClearActor()
    {
        (Actor as IActorStash)?.Stash?.UnstashAll();
        CancelTimers();
        var cleared = Actor;
        Actor = null;
        _behaviours.Clear();
        CancelReceiveTimeout();
        if (cleared is not null)
        {
            Release(cleared);
        }
    }

    public void ClearMessage() => _envelope = default;

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
            _lifecycle.Fail(failure);
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
            _lifecycle.Fail(failure);
        }
    }

    private void Release(ActorBase actor)
    {
        try
        {
            Props.Release(actor);
        }
        catch (Exception failure)
        {
            var text = $"Error while releasing: {failure.Message}";
            SystemImpl.EventStream.Publish(new Error(failure, Self.Path.ToString(), Props.Type, text));
        }
    }

    private void Handle(SystemMessage message)
    {
        switch (message)
        {
            case Create:
                _lifecycle.Create();
                break;
            case Watch watch:
                DeathWatch.AddWatcher(watch.Watchee, watch.Watcher);
                break;
            case Unwatch unwatch:
                DeathWatch.RemoveWatcher(unwatch.Watchee, unwatch.Watcher);
                break;
            case DeathWatchNotification ended:
                WatchedActorEnded(ended);
                break;
            case Suspend:
                _lifecycle.Suspend();
                break;
            case Resume resume:
                _lifecycle.Resume(resume.CausedByFailure);
                break;
            case Recreate recreate:
                _lifecycle.Restart(recreate.Cause);
                break;
            case Failed failed:
                _lifecycle.ChildFailed(failed);
                break;
            case ContinueTask piece:
                TaskScheduler.Continue(piece.Task);
                break;
            case CompleteTask completed:
                EndTask(completed.Failure);
                break;
            case Terminate:
                _lifecycle.Terminate();
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
            _lifecycle.Fail(failure);
        }
        else if (_tasks == 0)
        {
            _envelope = default;
            ArmReceiveTimeout();
        }
    }

    private void WatchedActorEnded(DeathWatchNotification ended)
    {
        DeathWatch.WatchedActorEnded(ended);
        if (Children.Find(ended.Actor) is not null)
        {
            _lifecycle.ChildEnded(ended.Actor);
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
                if (DeathWatch.TryTake(terminated))
                {
                    Receive(terminated);
                }

                break;
            case Identify identify:
                Sender.Tell(new ActorIdentity(identify.MessageId, Self), Self);
                break;
            case ActorSelectionMessage selection:
                selection.Deliver(Self, _envelope.Sender);
                break;
            case AddressTerminated gone:
                DeathWatch.AddressLost(gone.Address);
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
}
