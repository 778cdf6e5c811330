using Akka.Actor;

namespace Akka.Dispatch.SysMsg;

/// <summary>
/// A message of the runtime to an actor's cell. It passes every ordinary message and no suspension holds it up.
/// It carries its own link in the queue, so an instance may be sent only once.
/// </summary>
internal abstract record SystemMessage
{
    /// <summary>The message queued before this one; only the mailbox touches it.</summary>
    internal SystemMessage? Next { get; set; }
}

/// <summary>The first message of every cell: make the actor.</summary>
internal sealed record Create : SystemMessage;

/// <summary>The watcher wants to hear of the watchee's end.</summary>
internal sealed record Watch(InternalActorRef Watchee, InternalActorRef Watcher) : SystemMessage;

internal sealed record Unwatch(InternalActorRef Watchee, InternalActorRef Watcher) : SystemMessage;

/// <summary>An actor has ended, was never there, or its system is given up.</summary>
internal sealed record DeathWatchNotification(InternalActorRef Actor, bool ExistenceConfirmed, bool AddressTerminated) : SystemMessage;

/// <summary>Stop, after the message that is at work.</summary>
internal sealed record Terminate : SystemMessage;

internal sealed record Suspend : SystemMessage;

/// <summary>Undoes one suspension. A cause says that the failure which led to it is forgiven.</summary>
internal sealed record Resume(Exception? CausedByFailure) : SystemMessage;

/// <summary>Restart: a new actor in the same cell, with the same mailbox and reference.</summary>
internal sealed record Recreate(Exception Cause) : SystemMessage;

/// <summary>A child tells its parent that it failed and is suspended.</summary>
internal sealed record Failed(InternalActorRef Child, Exception Cause) : SystemMessage;

/// <summary>A piece of an asynchronous handler that wants to go on in its actor.</summary>
internal sealed record ContinueTask(Task Task) : SystemMessage;

/// <summary>An asynchronous handler has ended; with its failure, if it failed.</summary>
internal sealed record CompleteTask(Exception? Failure) : SystemMessage;
