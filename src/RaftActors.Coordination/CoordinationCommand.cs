using Akka.Actor;

namespace RaftActors.Coordination;

/// <summary>
/// A message of an actor to <see cref="RaftCoordination.Actor"/>. The answers are <see cref="CoordinationEvent"/>s to the sender, which
/// must be an actor of this node. All that it has asked for ends when it stops. So use Tell: the sender of an Ask stops with the first
/// answer.
/// </summary>
public abstract record CoordinationCommand : INoSerializationVerificationNeeded
{
    private CoordinationCommand()
    {
    }

    /// <summary>
    /// Claims a lock. The answers are <see cref="CoordinationEvent.Acquired"/> and later perhaps <see cref="CoordinationEvent.Lost"/>, or
    /// <see cref="CoordinationEvent.NotAcquired"/>. An actor has one claim to a lock at a time.
    /// </summary>
    /// <param name="Name">The name of the lock, the same for all programs. At most 1000 characters.</param>
    /// <param name="Permits">The number of programs that may hold it at the same time, the same in all claims. 1 is a lock.</param>
    /// <param name="Waits">Whether the claim waits for its turn. If not, a lock that another program holds is not acquired.</param>
    /// <param name="Text">What <see cref="Observe"/> tells of this holder, such as its address. At most 1000 characters.</param>
    public sealed record Acquire(string Name, int Permits = 1, bool Waits = true, string? Text = null) : CoordinationCommand;

    /// <summary>
    /// Releases a lock, or withdraws the claim. Answered by <see cref="CoordinationEvent.Released"/>, also if there is no claim.
    /// </summary>
    /// <param name="Name">The name of the lock.</param>
    public sealed record Release(string Name) : CoordinationCommand;

    /// <summary>
    /// Asks for the holders of a lock: now, and whenever they change. As <see cref="RaftCoordination.ObserveAsync"/>, with
    /// <see cref="CoordinationEvent.Holders"/>. A second one for the same lock replaces the first one.
    /// </summary>
    /// <param name="Name">The name of the lock.</param>
    public sealed record Observe(string Name) : CoordinationCommand;

    /// <summary>Ends <see cref="Observe"/>. Not answered.</summary>
    /// <param name="Name">The name of the lock.</param>
    public sealed record Unobserve(string Name) : CoordinationCommand;

    /// <summary>
    /// Asks for the items with a prefix, and for each change. As <see cref="RaftItems.WatchAsync"/>, with
    /// <see cref="CoordinationEvent.Changed"/>. A second one for the same prefix replaces the first one.
    /// </summary>
    /// <param name="Prefix">The beginning of the names; empty: all items.</param>
    public sealed record Watch(string Prefix) : CoordinationCommand;

    /// <summary>Ends <see cref="Watch"/>. Not answered.</summary>
    /// <param name="Prefix">The beginning of the names.</param>
    public sealed record Unwatch(string Prefix) : CoordinationCommand;
}
