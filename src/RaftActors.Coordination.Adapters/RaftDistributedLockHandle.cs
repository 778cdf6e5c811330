using Medallion.Threading;

namespace RaftActors.Coordination.Adapters;

/// <summary>A lock, or a permit of a semaphore, that this program holds. Dispose it to release it. Thread-safe.</summary>
public sealed class RaftDistributedLockHandle : IDistributedSynchronizationHandle
{
    internal RaftDistributedLockHandle(RaftLock held) => Lock = held;

    /// <summary>The lock, with its fencing token. To dispose it is to dispose the handle.</summary>
    public RaftLock Lock { get; }

    CancellationToken IDistributedSynchronizationHandle.HandleLostToken => Lock.Lost;

    /// <summary>
    /// Releases the lock, and blocks until the group has released it or the session is lost. Prefer DisposeAsync.
    /// </summary>
    void IDisposable.Dispose() => Blocking.Wait(() => Lock.DisposeAsync().AsTask());

    /// <summary>Releases the lock. The task ends when the group has released it, or when the session is lost.</summary>
    ValueTask IAsyncDisposable.DisposeAsync() => Lock.DisposeAsync();
}
