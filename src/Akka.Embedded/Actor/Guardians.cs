namespace Akka.Actor;

/// <summary>The root of the hierarchy. It stops when the system guardian has stopped.</summary>
internal sealed class RootGuardian : ReceiveActor
{
    public RootGuardian()
    {
        Receive<WatchSystem>(message => Context.Watch(message.SystemGuardian));
        Receive<Terminated>(_ => Context.Stop(Self));
    }

    // The system cannot run without its guardians, so the failure of a guardian is escalated.
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(static _ => Directive.Escalate);

    internal sealed record WatchSystem(IActorRef SystemGuardian);
}

/// <summary>The parent of the runtime's own actors. They stop after the user's actors and serve them until then.</summary>
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

    /// <summary>Stops the loggers by a message, because Stop would discard the events in their mailboxes.</summary>
    private void EndLoggers()
    {
        _loggers.UnionWith(((ActorSystemImpl)Context.System).Loggers.Detach());
        foreach (var logger in _loggers)
        {
            Context.Watch(logger);
            logger.Tell(PoisonPill.Instance);
        }
    }

    internal sealed record WatchUser(IActorRef Guardian);
}

/// <summary>The parent of the user's top-level actors.</summary>
internal sealed class UserGuardian : ReceiveActor
{
}
