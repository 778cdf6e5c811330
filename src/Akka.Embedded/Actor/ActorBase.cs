namespace Akka.Actor;

/// <summary>
/// Base class of all actors. An actor handles one message at a time, so its state needs no locks. The thread may change from
/// message to message. A restart replaces a failed instance by a new one, which keeps the mailbox and the reference.
/// </summary>
public abstract class ActorBase
{
    private SupervisorStrategy? _supervisorStrategy;

    protected ActorBase()
    {
        // A cell that already has an instance is not creating one: a message handler called 'new'.
        Cell = ActorCell.Current is { Actor: null } cell ? cell : throw new ActorInitializationException(
            $"{GetType()} cannot be created with 'new' alone. Create it with ActorOf(Props.Create(() => new {GetType().Name}(...))).");
        if (this is IWithTimers timed)
        {
            timed.Timers = Cell.NewTimers();
        }
    }

    protected IActorRef Self => Cell.Self;

    protected IActorRef Sender => Cell.Sender;

    /// <summary>Gets the context of the actor that runs on this thread.</summary>
    /// <exception cref="NotSupportedException">No actor runs on this thread.</exception>
    protected static IActorContext Context => ActorCell.Current ?? throw NoContext();

    internal ActorCell Cell { get; }

    /// <summary>The strategy for failures of children: that of the props, else the actor's own. Each instance evaluates it once.</summary>
    internal SupervisorStrategy SupervisorStrategyInternal => _supervisorStrategy ??= Cell.Props.SupervisorStrategy ?? SupervisorStrategy();

    /// <summary>A hook around PreStart, for tests and tracing.</summary>
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

    /// <summary>Called after the constructor, before the cell takes the initial behaviour.</summary>
    internal virtual void OnConstructed()
    {
    }

    internal bool HandleMessage(Receive receive, object message)
    {
        var handled = AroundReceive(receive, message);
        if (!handled)
        {
            Unhandled(message);
        }

        return handled;
    }

    internal bool ReceiveFirst(object message) => Receive(message);

    /// <summary>Handles a message. Returns false if no handler matched.</summary>
    protected abstract bool Receive(object message);

    protected virtual bool AroundReceive(Receive receive, object message) => receive(message);

    /// <summary>Publishes an <see cref="Event.UnhandledMessage"/>. For a <see cref="Terminated"/> it throws instead.</summary>
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

    /// <summary>Called on the failed instance before a restart. By default stops all children and calls PostStop.</summary>
    protected virtual void PreRestart(Exception reason, object? message)
    {
        Cell.StopChildren();
        PostStop();
    }

    /// <summary>Called on the new instance after a restart. By default calls PreStart.</summary>
    protected virtual void PostRestart(Exception reason) => PreStart();

    protected virtual void PostStop()
    {
    }

    protected virtual SupervisorStrategy SupervisorStrategy() => Akka.Actor.SupervisorStrategy.DefaultStrategy;
}
