namespace Akka.Actor;

/// <summary>The base of the exceptions that the actor runtime itself throws.</summary>
public abstract class AkkaException : Exception
{
    internal AkkaException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }
}

/// <summary>An actor could not be made: its constructor or its PreStart failed. The default supervision stops it.</summary>
public class ActorInitializationException : AkkaException
{
    internal ActorInitializationException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }
}

/// <summary>An actor could not be made again after a failure.</summary>
public class PostRestartException : ActorInitializationException
{
    internal PostRestartException(Exception cause, Exception originalCause)
        : base($"Exception post restart ({originalCause.GetType().Name}: {originalCause.Message})", cause)
    {
    }
}

/// <summary>What an actor that received <see cref="Kill"/> fails with.</summary>
public class ActorKilledException : AkkaException
{
    internal ActorKilledException(string message)
        : base(message)
    {
    }
}

/// <summary>No actor answered for the path of a selection.</summary>
public class ActorNotFoundException : AkkaException
{
    internal ActorNotFoundException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}

/// <summary>An Ask got no answer in time. The question may still have been received and acted on.</summary>
public class AskTimeoutException : AkkaException
{
    internal AskTimeoutException(string message)
        : base(message)
    {
    }
}

/// <summary>What an actor fails with that watches another and does not handle its <see cref="Terminated"/>.</summary>
public class DeathPactException : AkkaException
{
    internal DeathPactException(IActorRef deadActor)
        : base($"Monitored actor [{deadActor}] terminated")
    {
    }
}

/// <summary>A request that makes no sense in the actor's present state, such as stashing one message twice.</summary>
public class IllegalActorStateException : AkkaException
{
    internal IllegalActorStateException(string message)
        : base(message)
    {
    }
}

/// <summary>A name that an actor cannot have, or that a living child of the same parent has.</summary>
public class InvalidActorNameException : AkkaException
{
    internal InvalidActorNameException(string message)
        : base(message)
    {
    }
}

/// <summary>A message that cannot be sent: null.</summary>
public class InvalidMessageException : AkkaException
{
    internal InvalidMessageException(string message)
        : base(message)
    {
    }
}

/// <summary>Something was scheduled after the scheduler had stopped with its system.</summary>
public sealed class SchedulerException : AkkaException
{
    internal SchedulerException(string message)
        : base(message)
    {
    }
}
