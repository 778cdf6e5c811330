using Medallion.Threading;

namespace RaftActors.Coordination.Adapters;

/// <summary>
/// The locks and semaphores of <see cref="RaftCoordination"/> for programs that use DistributedLock. A lock of a name is the one that
/// <see cref="RaftCoordination.LockAsync"/> acquires under this name, so the two kinds of programs exclude each other. Thread-safe.
/// <para>
/// Their handles are <see cref="RaftDistributedLockHandle"/>, whose <see cref="RaftLock"/> has a fencing token. Locks are not reentrant.
/// </para>
/// </summary>
public sealed class RaftDistributedLockProvider : IDistributedLockProvider, IDistributedSemaphoreProvider
{
    private const int NameMax = 1000;

    private readonly RaftCoordination _coordination;

    /// <param name="coordination">That of the actor system.</param>
    public RaftDistributedLockProvider(RaftCoordination coordination)
    {
        ArgumentNullException.ThrowIfNull(coordination);
        _coordination = coordination;
    }

    /// <summary>Makes a lock. It asks the group nothing.</summary>
    /// <param name="name">The name, the same for all programs. At most 1000 characters.</param>
    /// <exception cref="ArgumentException">The name is empty or too long.</exception>
    public IDistributedLock CreateLock(string name) => Create(name, 1);

    /// <summary>Makes a semaphore. It asks the group nothing.</summary>
    /// <param name="name">The name, the same for all programs. At most 1000 characters.</param>
    /// <param name="maxCount">
    /// The number of holders at the same time. All programs must name the same one: while another one is in use, an acquisition fails with
    /// an <see cref="InvalidOperationException"/>. A lock counts as a semaphore of 1.
    /// </param>
    /// <exception cref="ArgumentException">The name is empty or too long, or the number is below 1.</exception>
    public IDistributedSemaphore CreateSemaphore(string name, int maxCount) => Create(name, maxCount);

    private RaftDistributedSemaphore Create(string name, int permits)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentOutOfRangeException.ThrowIfLessThan(permits, 1, "maxCount");
        return name.Length <= NameMax ? new(_coordination, name, permits) : throw new ArgumentException(
            $"The name of the lock has {name.Length} characters; at most {NameMax} are allowed. Use a hash of it.", nameof(name));
    }
}
