using Medallion.Threading;

namespace RaftActors.Coordination.Adapters;

/// <summary>A lock, or a permit of a semaphore, that this program holds. Dispose it to release it. Thread-safe.</summary>
public sealed class RaftDistributedLockHandle : IDistributedSynchronizationHandle
{
    private readonly RaftLock _held;

    internal RaftDistributedLockHandle(RaftLock held) => _held = held;

    /// <summary>
    /// The fencing token. Each later holder has a higher one, also after a restart of all nodes. Send it along with each change of a
    /// resource outside, and let the resource refuse a lower one than the highest that it has seen; see <see cref="RaftLock"/>.
    /// </summary>
    public long Token => _held.Token;

    /// <summary>Whether this program holds the lock at the moment of the call; see <see cref="RaftLock.IsHeld"/>.</summary>
    public bool IsHeld => _held.IsHeld;

    /// <summary>
    /// Cancelled when the lock is lost, because the group did not confirm this program's session in time. It costs nothing. Not cancelled
    /// by a release.
    /// </summary>
    public CancellationToken HandleLostToken => _held.Lost;

    /// <summary>
    /// Releases the lock, and blocks until the group has released it or the session is lost. Prefer DisposeAsync.
    /// </summary>
    void IDisposable.Dispose() => Blocking.Wait(() => _held.DisposeAsync().AsTask());

    /// <summary>Releases the lock. The task ends when the group has released it, or when the session is lost.</summary>
    ValueTask IAsyncDisposable.DisposeAsync() => _held.DisposeAsync();
}
