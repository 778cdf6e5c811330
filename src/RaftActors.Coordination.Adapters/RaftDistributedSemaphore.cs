using System.Globalization;

using Medallion.Threading;

namespace RaftActors.Coordination.Adapters;

/// <summary>A semaphore, which is a lock if it has one permit. Thread-safe.</summary>
/// <param name="callTimeout">
/// The time that the group has to answer a call with timeout 0, which does not wait for the holder. Null: <c>raft.append-timeout</c>.
/// </param>
internal sealed class RaftDistributedSemaphore(RaftCoordination coordination, string name, int permits, TimeSpan? callTimeout = null)
    : IDistributedLock, IDistributedSemaphore
{
    public string Name => name;

    public int MaxCount => permits;

    public IDistributedSynchronizationHandle? TryAcquire(TimeSpan timeout = default, CancellationToken cancellationToken = default) =>
        Blocking.Wait(() => TryAcquireAsync(timeout, cancellationToken).AsTask());

    public IDistributedSynchronizationHandle Acquire(TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        Blocking.Wait(() => AcquireAsync(timeout, cancellationToken).AsTask());

    public async ValueTask<IDistributedSynchronizationHandle> AcquireAsync(
        TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        await TryAcquireAsync(timeout ?? Timeout.InfiniteTimeSpan, cancellationToken).ConfigureAwait(false)
        ?? throw new TimeoutException(
            $"'{name}' was not acquired within {timeout}. Either other programs hold it, or the coordination group did not answer in time. "
                + "Wait longer, or see who holds it by RaftCoordination.ObserveAsync.");

    public async ValueTask<IDistributedSynchronizationHandle?> TryAcquireAsync(
        TimeSpan timeout = default, CancellationToken cancellationToken = default)
    {
        Demand(timeout);
        var waits = timeout != TimeSpan.Zero;
        try
        {
            var held = waits
                ? await coordination.LockAsync(name, permits, null, timeout, cancellationToken).ConfigureAwait(false)
                : await coordination.TryLockAsync(name, permits, null, callTimeout, cancellationToken).ConfigureAwait(false);
            return held is null ? null : new RaftDistributedLockHandle(held);
        }
        catch (RaftException e) when (waits && e.Failure?.Reason is FailureReason.Busy or FailureReason.Unavailable)
        {
            return null;
        }
    }

    private static void Demand(TimeSpan timeout)
    {
        if (timeout != Timeout.InfiniteTimeSpan && timeout.TotalMilliseconds is < 0 or > int.MaxValue)
        {
            throw new ArgumentOutOfRangeException(
                nameof(timeout),
                timeout,
                string.Create(CultureInfo.InvariantCulture, $"It must be from 0 to {int.MaxValue} ms, or Timeout.InfiniteTimeSpan."));
        }
    }
}
