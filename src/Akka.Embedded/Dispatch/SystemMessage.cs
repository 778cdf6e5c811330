using Akka.Actor;

namespace Akka.Dispatch.SysMsg;

/// <summary>
/// A message of the runtime to an actor's cell. It precedes ordinary messages, and suspension does not delay it. It contains its
/// own queue link, so an instance may be sent only once.
/// </summary>
internal abstract record SystemMessage
{
    /// <summary>The message queued before this one. Only the mailbox touches it.</summary>
    internal SystemMessage? Next { get; set; }
}

/// <summary>Creates the actor. The first message of every cell.</summary>
internal sealed record Create : SystemMessage;

/// <summary>The watcher starts to watch the watchee.</summary>
internal sealed record Watch(InternalActorRef Watchee, InternalActorRef Watcher) : SystemMessage;

internal sealed record Unwatch(InternalActorRef Watchee, InternalActorRef Watcher) : SystemMessage;

/// <summary>An actor has ended, never existed, or its system is lost.</summary>
internal sealed record DeathWatchNotification(InternalActorRef Actor, bool ExistenceConfirmed, bool AddressTerminated) : SystemMessage;

/// <summary>Stops the actor after its current message.</summary>
internal sealed record Terminate : SystemMessage;

internal sealed record Suspend : SystemMessage;

/// <summary>Undoes one suspension. With a cause, it answers that failure with the directive Resume.</summary>
internal sealed record Resume(Exception? CausedByFailure) : SystemMessage;

/// <summary>Restarts the actor: a new instance in the same cell, with the same mailbox and reference.</summary>
internal sealed record Recreate(Exception Cause) : SystemMessage;

/// <summary>A child reports its failure to the parent. The child is suspended.</summary>
internal sealed record Failed(InternalActorRef Child, Exception Cause) : SystemMessage;

/// <summary>A continuation of an asynchronous handler, to run in its actor.</summary>
internal sealed record ContinueTask(Task Task) : SystemMessage;

/// <summary>An asynchronous handler has ended. The failure is null if it succeeded.</summary>
internal sealed record CompleteTask(Exception? Failure) : SystemMessage;
