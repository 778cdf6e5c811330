using Akka.Event;

namespace Akka.Actor;

/// <summary>Decides about failures of an actor's children.</summary>
public abstract class SupervisorStrategy
{
    /// <summary>Stops an actor that could not be created, was killed or broke a death pact. Restarts it after any other failure.</summary>
    public static IDecider DefaultDecider = new LocalOnlyDecider(static cause =>
        cause is ActorInitializationException or ActorKilledException or DeathPactException ? Directive.Stop : Directive.Restart);

    public static readonly SupervisorStrategy DefaultStrategy = new OneForOneStrategy(DefaultDecider);

    public static readonly OneForOneStrategy StoppingStrategy = new(static _ => Directive.Stop);

    private protected SupervisorStrategy(int maxRestarts, int windowMilliseconds, bool loggingEnabled)
    {
        MaxRestarts = maxRestarts;
        WindowMilliseconds = windowMilliseconds;
        LoggingEnabled = loggingEnabled;
    }

    public abstract IDecider Decider { get; }

    protected bool LoggingEnabled { get; set; }

    private protected int MaxRestarts { get; }

    private protected int WindowMilliseconds { get; }

    /// <summary>Handles a failure. Returns false if it must be escalated.</summary>
    internal bool HandleFailure(ActorCell cell, ChildStats child, Exception cause)
    {
        Directive directive = Handle(child.Child, cause);
        if (directive == Directive.Escalate)
        {
            return false;
        }

        LogFailure(cell, child.Child, cause, directive);
        if (directive == Directive.Resume)
        {
            child.Child.Resume(cause);
        }
        else
        {
            ProcessFailure(cell, directive == Directive.Restart, child, cause);
        }

        return true;
    }

    internal abstract void ProcessFailure(ActorCell cell, bool restart, ChildStats child, Exception cause);


    protected abstract Directive Handle(IActorRef child, Exception exception);

    protected virtual void LogFailure(IActorContext context, IActorRef child, Exception cause, Directive directive)
    {
        if (!LoggingEnabled)
        {
            return;
        }

        string message = cause is ActorInitializationException { InnerException: { } inner } ? inner.Message : cause.Message;
        context.System.EventStream.Publish(directive == Directive.Resume
            ? new Warning(child.Path.ToString(), GetType(), message)
            : new Error(cause, child.Path.ToString(), GetType(), message));
    }

    private protected bool MayRestart(ActorCell cell, ChildStats child) =>
        child.RequestRestart(MaxRestarts, WindowMilliseconds, cell.SystemImpl.Scheduler.MonotonicClock);
}
