using Akka.Actor;
using Akka.Coordination;
using Akka.Event;

namespace RaftActors.Coordination;

/// <summary>
/// A lease of Akka.NET on the coordination group. The configuration names it, as <c>akka.coordination.lease.raft</c>: for the split brain
/// resolver <c>lease-majority</c>, for cluster singletons and for cluster sharding. Thread-safe.
/// </summary>
internal sealed class RaftLease : Lease
{
    // Separates the names of leases from those of the application's locks.
    private const string Prefix = "akka-lease/";

    private readonly SemaphoreSlim _acquiring = new(1);
    private readonly RaftCoordination _coordination;
    private readonly ILoggingAdapter _log;
    private LeaseHolding? _holding;

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
    /// Acquires the lease, and tries again while the group elects a leader. Returns false after <c>lease-operation-timeout</c>. It never
    /// fails, because the split brain resolver stops for ever after a cancelled Acquire, and takes a failed one for a refused one.
    /// </summary>
    /// <param name="leaseLostCallback">
    /// Called if the lease is lost before it is released, and again up to five times until the next Acquire or Release.
    /// </param>
    public override async Task<bool> Acquire(Action<Exception>? leaseLostCallback)
    {
        if (Volatile.Read(ref _holding) is { Lock.IsHeld: false } lost)
        {
            lost.End();
        }

        using var limit = new CancellationTokenSource(Settings.TimeoutSettings.OperationTimeout, _coordination.Time);
        try
        {
            await _acquiring.WaitAsync(limit.Token).ConfigureAwait(false);
            try
            {
                return await AcquireAsync(leaseLostCallback, limit.Token).ConfigureAwait(false);
            }
            finally
            {
                _acquiring.Release();
            }
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

        return false;
    }

    /// <summary>
    /// Releases the lease. Returns false if the group has not confirmed it within <c>lease-operation-timeout</c>. Never fails.
    /// </summary>
    public override async Task<bool> Release()
    {
        try
        {
            await ReleaseAsync().WaitAsync(Settings.TimeoutSettings.OperationTimeout, _coordination.Time).ConfigureAwait(false);
            return true;
        }
        catch (Exception e)
        {
            _log.Warning("The release of the lease {0} is not confirmed yet, and will be tried again: {1}", Settings.LeaseName, e.Message);
            return false;
        }
    }

    /// <inheritdoc/>
    public override bool CheckLease() => Volatile.Read(ref _holding) is { Lock.IsHeld: true };

    private async Task ReleaseAsync()
    {
        // An Acquire that is under way may be granted after this call. Then nobody would release the lease, so this waits for its outcome.
        await _acquiring.WaitAsync().ConfigureAwait(false);
        var holding = Interlocked.Exchange(ref _holding, null);
        _acquiring.Release();
        if (holding is not null)
        {
            holding.End();
            _coordination.OnLeaseEnded(Settings.LeaseName, holding.Lock);
            await holding.Lock.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task<bool> AcquireAsync(Action<Exception>? leaseLostCallback, CancellationToken cancellation)
    {
        var holding = Volatile.Read(ref _holding);
        if (holding is not { Lock.IsHeld: true })
        {
            // Each attempt is a claim of its own, so the withdrawal of an abandoned one cannot release what a later one acquires.
            if (await _coordination.TryLockAsync(
                    Prefix + Settings.LeaseName, timeout: Timeout.InfiniteTimeSpan, cancellationToken: cancellation).ConfigureAwait(false)
                is not { } acquired)
            {
                return false;
            }

            holding?.End();
            holding = new LeaseHolding(acquired, Settings.LeaseName, _coordination.Time, _log);
            Volatile.Write(ref _holding, holding);
            _coordination.OnLease(Settings.LeaseName, acquired);
        }

        if (leaseLostCallback is not null)
        {
            holding.TellLossTo(leaseLostCallback);
        }

        return CheckLease();
    }
}
