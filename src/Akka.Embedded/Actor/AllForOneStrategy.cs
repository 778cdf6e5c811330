namespace Akka.Actor;

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
        ChildStats[] children = cell.ChildrenStats();
        bool mayRestart = restart && children.All(one => MayRestart(cell, one));
        foreach (ChildStats one in children)
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
