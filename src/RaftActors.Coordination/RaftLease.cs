using Akka.Actor;
using Akka.Coordination;
using Akka.Event;

namespace RaftActors.Coordination;

/// <summary>
/// A lease of Akka.NET on the coordination group. The configuration names it, as <c>akka.coordination.lease.raft</c>: for the split brain
/// resolver <c>lease-majority</c>, for cluster singletons and for cluster sharding. Thread-safe.
/// </summary>
public sealed class RaftLease : Lease
{
    private readonly RaftCoordination _coordination;
    private readonly ILoggingAdapter _log;
    private volatile RaftLock? _held;

    /// <summary>Called by Akka.Coordination.</summary>
    /// <param name="settings">The names of the lease and of its owner, and the timeouts.</param>
    /// <param name="system">The actor system, whose coordination starts with its first lease.</param>
    public RaftLease(LeaseSettings settings, ExtendedActorSystem system)
        : base(settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        _coordination = RaftCoordination.Get(system);
        _log = Logging.GetLogger(system, typeof(RaftLease));
    }

    /// <inheritdoc/>
    public override Task<bool> Acquire() => Acquire(null);

    /// <summary>
    /// Acquires the lease, and tries again while the group elects a leader. Ends with false after <c>lease-operation-timeout</c>. It never
    /// fails: the split brain resolver stops for ever if an Acquire is cancelled, and takes a failed one for a refused one.
    /// </summary>
    /// <param name="leaseLostCallback">Called once if the lease is lost before it is released.</param>
    public override async Task<bool> Acquire(Action<Exception>? leaseLostCallback)
    {
        using var limit = new CancellationTokenSource(Settings.TimeoutSettings.OperationTimeout);
        try
        {
            // The owner is the claim, so an owner that acquires its lease again has it already.
            var acquired = await _coordination.AcquireAsync(
                Settings.LeaseName, Settings.OwnerName, permits: 1, waits: false, limit.Token).ConfigureAwait(false);
            if (acquired is null)
            {
                return false;
            }

            _held = acquired;
            if (leaseLostCallback is not null)
            {
                acquired.Lost.UnsafeRegister(_ => TellLost(acquired, leaseLostCallback), null);
            }

            return acquired.IsHeld;
        }
        catch (OperationCanceledException)
        {
            _log.Warning(
                "The lease {0} was not acquired within {1} (lease-operation-timeout): the coordination group has no leader that this node "
                    + "reaches.",
                Settings.LeaseName,
                Settings.TimeoutSettings.OperationTimeout);
        }
        catch (Exception e)
        {
            _log.Error(e, "The lease {0} was not acquired", Settings.LeaseName);
        }

        // The claim is withdrawn in the background, also if an earlier Acquire had it.
        _held = null;
        return false;
    }

    /// <summary>Releases the lease. False: the group has not confirmed it within <c>lease-operation-timeout</c>.</summary>
    public override async Task<bool> Release()
    {
        if (Interlocked.Exchange(ref _held, null) is not { } held)
        {
            return true;
        }

        try
        {
            await held.DisposeAsync().AsTask().WaitAsync(Settings.TimeoutSettings.OperationTimeout).ConfigureAwait(false);
            return true;
        }
        catch (Exception e)
        {
            _log.Warning("The release of the lease {0} is not confirmed yet: {1}", Settings.LeaseName, e.Message);
            return false;
        }
    }

    /// <inheritdoc/>
    public override bool CheckLease() => _held is { IsHeld: true };

    private void TellLost(RaftLock acquired, Action<Exception> leaseLostCallback)
    {
        if (Interlocked.CompareExchange(ref _held, null, acquired) == acquired)
        {
            leaseLostCallback(new TimeoutException(
                $"The lease {Settings.LeaseName} is lost: the coordination group has not confirmed this node's session in time."));
        }
    }
}
