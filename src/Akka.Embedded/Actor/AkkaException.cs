using System.Runtime.Serialization;

namespace Akka.Actor;

/// <summary>Base class of the exceptions of the actor runtime.</summary>
public abstract class AkkaException : Exception
{
    internal AkkaException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }
}

/// <summary>The constructor or PreStart of an actor failed. The default supervision stops the actor.</summary>
public class ActorInitializationException : AkkaException
{
    public ActorInitializationException()
        : this("An actor could not be created.")
    {
    }

    public ActorInitializationException(string message)
        : this(message, null)
    {
    }

    public ActorInitializationException(string message, Exception? cause)
        : base(message, cause)
    {
    }

    public ActorInitializationException(IActorRef? actor, string message, Exception? cause = null)
        : base(message, cause) => Actor = actor;

    /// <summary>Completes Akka.NET's set of overloads. The embedded runtime does not serialize exceptions.</summary>
    protected ActorInitializationException(SerializationInfo info, StreamingContext context)
        : this(info.GetString("Message") ?? "")
    {
    }

    /// <summary>The actor that could not be created. Null if it is unknown.</summary>
    public IActorRef? Actor { get; set; }
}

/// <summary>PreRestart of an actor failed. The restart continues.</summary>
public class PreRestartException : ActorInitializationException
{
    internal PreRestartException(IActorRef actor, Exception restartException, Exception cause)
        : base(actor, $"Exception pre restart ({restartException.GetType()})", cause) => RestartException = restartException;

    /// <summary>The failure of PreRestart. The inner exception is the cause of the restart.</summary>
    public Exception RestartException { get; }
}

/// <summary>An actor could not be created again during a restart.</summary>
public class PostRestartException : ActorInitializationException
{
    internal PostRestartException(IActorRef actor, Exception cause, Exception originalCause)
        : base(actor, $"Exception post restart ({originalCause.GetType()})", cause)
    {
    }
}

/// <summary>The failure of an actor that received <see cref="Kill"/>.</summary>
public class ActorKilledException : AkkaException
{
    internal ActorKilledException(string message)
        : base(message)
    {
    }
}

/// <summary>No actor matched a selection.</summary>
public class ActorNotFoundException : AkkaException
{
    internal ActorNotFoundException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}

/// <summary>An Ask received no answer in time. The receiver may still have handled the message.</summary>
public class AskTimeoutException : AkkaException
{
    internal AskTimeoutException(string message)
        : base(message)
    {
    }
}

/// <summary>The failure of an actor that received a <see cref="Terminated"/> and did not handle it.</summary>
public class DeathPactException : AkkaException
{
    internal DeathPactException(IActorRef deadActor)
        : base($"Monitored actor [{deadActor}] terminated")
    {
    }
}

/// <summary>The actor's state does not allow the call. Example: it stashes one message twice.</summary>
public class IllegalActorStateException : AkkaException
{
    internal IllegalActorStateException(string message)
        : base(message)
    {
    }
}

/// <summary>The name is malformed, or a living child of the same parent has it.</summary>
public class InvalidActorNameException : AkkaException
{
    internal InvalidActorNameException(string message)
        : base(message)
    {
    }
}

/// <summary>The message is null, which cannot be sent.</summary>
public class InvalidMessageException : AkkaException
{
    internal InvalidMessageException(string message)
        : base(message)
    {
    }
}

/// <summary>The scheduler has stopped with its actor system and accepts no new actions.</summary>
public sealed class SchedulerException : AkkaException
{
    internal SchedulerException(string message)
        : base(message)
    {
    }
}
