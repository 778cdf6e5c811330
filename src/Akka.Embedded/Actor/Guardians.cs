namespace Akka.Actor;

/// <summary>Above all: ends when the system guardian has ended.</summary>
internal sealed class RootGuardian : ReceiveActor
{
    public RootGuardian()
    {
        Receive<WatchSystem>(message => Context.Watch(message.SystemGuardian));
        Receive<Terminated>(_ => Context.Stop(Self));
    }

    // A guardian that fails is beyond help, and the rest of the system cannot do without it.
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(static _ => Directive.Escalate);

    internal sealed record WatchSystem(IActorRef SystemGuardian);
}

/// <summary>Parent of the runtime's own actors: ends after the user's, so that these are served to their last message.</summary>
internal sealed class SystemGuardian : ReceiveActor
{
    private readonly HashSet<IActorRef> _loggers = [];

    public SystemGuardian()
    {
        Receive<WatchUser>(message => Context.Watch(message.Guardian));
        Receive<Terminated>(ended =>
        {
            if (!_loggers.Remove(ended.ActorRef))
            {
                EndLoggers();
            }

            if (_loggers.Count == 0)
            {
                Context.Stop(Self);
            }
        });
    }

    /// <summary>By a message that waits its turn: to stop them would lose what they have not written yet.</summary>
    private void EndLoggers()
    {
        _loggers.UnionWith(((ActorSystemImpl)Context.System).Loggers.Detach());
        foreach (IActorRef logger in _loggers)
        {
            Context.Watch(logger);
            logger.Tell(PoisonPill.Instance);
        }
    }

    internal sealed record WatchUser(IActorRef Guardian);
}

/// <summary>Parent of the user's top-level actors.</summary>
internal sealed class UserGuardian : ReceiveActor
{
}
