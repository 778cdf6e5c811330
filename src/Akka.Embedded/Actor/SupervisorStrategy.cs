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
        var directive = Handle(child.Child, cause);
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

        var message = cause is ActorInitializationException { InnerException: { } inner } ? inner.Message : cause.Message;
        context.System.EventStream.Publish(directive == Directive.Resume
            ? new Warning(child.Path.ToString(), GetType(), message)
            : new Error(cause, child.Path.ToString(), GetType(), message));
    }

    private protected bool MayRestart(ActorCell cell, ChildStats child) =>
        child.RequestRestart(MaxRestarts, WindowMilliseconds, cell.SystemImpl.Scheduler.MonotonicClock);
}

/// <summary>Applies the directive for a failed child to that child alone.</summary>
/// <remarks>
/// Restarts of a child are counted within a time window, which begins with the first restart. Above the limit the child is stopped.
/// -1 or null means no limit.
/// </remarks>
public class OneForOneStrategy : SupervisorStrategy
{
    public OneForOneStrategy(int? maxNrOfRetries, TimeSpan? withinTimeRange, Func<Exception, Directive> localOnlyDecider)
        : this(maxNrOfRetries, withinTimeRange, new LocalOnlyDecider(localOnlyDecider))
    {
    }

    public OneForOneStrategy(int? maxNrOfRetries, TimeSpan? withinTimeRange, IDecider decider)
        : this(maxNrOfRetries ?? -1, withinTimeRange is { } range ? (int)range.TotalMilliseconds : -1, decider)
    {
    }

    public OneForOneStrategy(
        int maxNrOfRetries, int withinTimeMilliseconds, Func<Exception, Directive> localOnlyDecider, bool loggingEnabled = true)
        : this(maxNrOfRetries, withinTimeMilliseconds, new LocalOnlyDecider(localOnlyDecider), loggingEnabled)
    {
    }

    public OneForOneStrategy(int maxNrOfRetries, int withinTimeMilliseconds, IDecider decider, bool loggingEnabled = true)
        : base(maxNrOfRetries, withinTimeMilliseconds, loggingEnabled)
    {
        Decider = decider;
    }

    public OneForOneStrategy(Func<Exception, Directive> localOnlyDecider)
        : this(-1, -1, localOnlyDecider)
    {
    }

    public OneForOneStrategy(Func<Exception, Directive> localOnlyDecider, bool loggingEnabled = true)
        : this(-1, -1, localOnlyDecider, loggingEnabled)
    {
    }

    public OneForOneStrategy(IDecider decider)
        : this(-1, -1, decider)
    {
    }

    protected OneForOneStrategy()
        : this(DefaultDecider)
    {
    }

    public override IDecider Decider { get; }

    internal override void ProcessFailure(ActorCell cell, bool restart, ChildStats child, Exception cause)
    {
        if (restart && MayRestart(cell, child))
        {
            child.Child.Restart(cause);
        }
        else
        {
            cell.Stop(child.Child);
        }
    }

    protected override Directive Handle(IActorRef child, Exception exception) => Decider.Decide(exception);
}

/// <summary>Applies the directive for a failed child to all children.</summary>
/// <remarks>
/// Restarts of a child are counted within a time window, which begins with the first restart. Above the limit the child is stopped.
/// -1 or null means no limit.
/// </remarks>
public class AllForOneStrategy : SupervisorStrategy
{
    public AllForOneStrategy(int? maxNrOfRetries, TimeSpan? withinTimeRange, Func<Exception, Directive> localOnlyDecider)
        : this(maxNrOfRetries, withinTimeRange, new LocalOnlyDecider(localOnlyDecider))
    {
    }

    public AllForOneStrategy(int? maxNrOfRetries, TimeSpan? withinTimeRange, IDecider decider)
        : this(maxNrOfRetries ?? -1, withinTimeRange is { } range ? (int)range.TotalMilliseconds : -1, decider)
    {
    }

    public AllForOneStrategy(
        int maxNrOfRetries, int withinTimeMilliseconds, Func<Exception, Directive> localOnlyDecider, bool loggingEnabled = true)
        : this(maxNrOfRetries, withinTimeMilliseconds, new LocalOnlyDecider(localOnlyDecider), loggingEnabled)
    {
    }

    public AllForOneStrategy(int maxNrOfRetries, int withinTimeMilliseconds, IDecider decider, bool loggingEnabled = true)
        : base(maxNrOfRetries, withinTimeMilliseconds, loggingEnabled)
    {
        Decider = decider;
    }

    public AllForOneStrategy(Func<Exception, Directive> localOnlyDecider)
        : this(-1, -1, localOnlyDecider)
    {
    }

    public AllForOneStrategy(IDecider decider)
        : this(-1, -1, decider)
    {
    }

    protected AllForOneStrategy()
        : this(DefaultDecider)
    {
    }

    public override IDecider Decider { get; }

    internal override void ProcessFailure(ActorCell cell, bool restart, ChildStats child, Exception cause)
    {
        var children = cell.Children.Stats();
        var mayRestart = restart && children.All(one => MayRestart(cell, one));
        foreach (var one in children)
        {
            if (!mayRestart)
            {
                cell.Stop(one.Child);
                continue;
            }

            // The failed child has suspended itself, and a restart undoes one suspension.
            if (one != child)
            {
                one.Child.Suspend();
            }

            one.Child.Restart(cause);
        }
    }

    protected override Directive Handle(IActorRef child, Exception exception) => Decider.Decide(exception);
}

/// <summary>The parent's decision about a failed actor.</summary>
public enum Directive
{
    /// <summary>The actor keeps its state and continues with the next message.</summary>
    Resume,

    /// <summary>A new instance replaces the actor and continues with the next message.</summary>
    Restart,

    /// <summary>The parent itself fails with the same exception.</summary>
    Escalate,

    Stop,
}

public interface IDecider
{
    Directive Decide(Exception cause);
}

/// <summary>A decider that calls a function.</summary>
public class LocalOnlyDecider(Func<Exception, Directive> decider) : IDecider
{
    public Directive Decide(Exception cause) => decider(cause);
}
