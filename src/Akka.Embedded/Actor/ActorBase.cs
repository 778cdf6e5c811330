namespace Akka.Actor;

/// <summary>
/// The base of all actors. One message is handled at a time, so state needs no locks; the thread differs from message to
/// message. An instance ends with a failure that its parent answers by a restart: a new one goes on with the same mailbox.
/// </summary>
public abstract class ActorBase
{
    private SupervisorStrategy? _supervisorStrategy;

    protected ActorBase()
    {
        // A cell that has an instance is not making one: somebody calls 'new' in a message handler.
        Cell = ActorCell.Current is { Actor: null } cell ? cell : throw new ActorInitializationException(
            $"{GetType()} cannot be made by 'new' alone. Make it with ActorOf(Props.Create(() => new {GetType().Name}(...))).");
        if (this is IWithTimers timed)
        {
            timed.Timers = Cell.NewTimers();
        }
    }

    protected IActorRef Self => Cell.Self;

    protected IActorRef Sender => Cell.Sender;

    /// <summary>The context of the actor at work on this thread.</summary>
    /// <exception cref="NotSupportedException">No actor is at work on this thread.</exception>
    protected static IActorContext Context => ActorCell.Current ?? throw NoContext();

    internal ActorCell Cell { get; }

    /// <summary>How failures of children are answered: the strategy of the props, or the actor's own, asked for once.</summary>
    internal SupervisorStrategy SupervisorStrategyInternal => _supervisorStrategy ??= Cell.Props.SupervisorStrategy ?? SupervisorStrategy();

    /// <summary>For a test or a tracer around each life-cycle step; the step itself is the method without Around.</summary>
    public virtual void AroundPreStart() => PreStart();

    /// <summary>Cancels the timers, then calls PreRestart.</summary>
    public virtual void AroundPreRestart(Exception cause, object? message)
    {
        Cell.CancelTimers();
        PreRestart(cause, message);
    }

    public virtual void AroundPostRestart(Exception cause, object? message) => PostRestart(cause);

    /// <summary>Cancels the timers, then calls PostStop.</summary>
    public virtual void AroundPostStop()
    {
        Cell.CancelTimers();
        PostStop();
    }

    internal static NotSupportedException NoContext() => new(
        "There is no active ActorContext: this code runs outside of an actor's message handler. "
        + "Use ReceiveAsync or PipeTo for asynchronous work, and take Self and Sender into local variables before a callback.");

    /// <summary>Called once the constructor is through, when its behaviour may be taken.</summary>
    internal virtual void OnConstructed()
    {
    }

    internal bool HandleMessage(Receive receive, object message)
    {
        bool handled = AroundReceive(receive, message);
        if (!handled)
        {
            Unhandled(message);
        }

        return handled;
    }

    internal bool ReceiveFirst(object message) => Receive(message);

    /// <summary>The first behaviour; false where it does not handle the message.</summary>
    protected abstract bool Receive(object message);

    protected virtual bool AroundReceive(Receive receive, object message) => receive(message);

    /// <summary>Publishes an <see cref="Event.UnhandledMessage"/>; a <see cref="Terminated"/> makes the actor fail instead.</summary>
    /// <exception cref="DeathPactException">The message is a <see cref="Terminated"/>.</exception>
    protected virtual void Unhandled(object message)
    {
        if (message is Terminated terminated)
        {
            throw new DeathPactException(terminated.ActorRef);
        }

        Cell.System.EventStream.Publish(new Event.UnhandledMessage(message, Cell.Sender, Cell.Self));
    }

    protected void Become(Receive receive) => Cell.Become(receive);

    protected void BecomeStacked(Receive receive) => Cell.BecomeStacked(receive);

    protected void UnbecomeStacked() => Cell.UnbecomeStacked();

    protected void SetReceiveTimeout(TimeSpan? timeout) => Cell.SetReceiveTimeout(timeout);

    protected virtual void PreStart()
    {
    }

    /// <summary>The failed instance's last step: stops all children and calls PostStop, unless overridden.</summary>
    protected virtual void PreRestart(Exception reason, object? message)
    {
        Cell.StopChildren();
        PostStop();
    }

    /// <summary>The new instance's first step: calls PreStart, unless overridden.</summary>
    protected virtual void PostRestart(Exception reason) => PreStart();

    protected virtual void PostStop()
    {
    }

    protected virtual SupervisorStrategy SupervisorStrategy() => Akka.Actor.SupervisorStrategy.DefaultStrategy;
}
