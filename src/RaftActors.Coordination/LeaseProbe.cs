using System.Collections.Immutable;

using Akka.Event;

using RaftActors.Coordination.Sessions;
using RaftActors.Coordination.Settings;

namespace RaftActors.Coordination;

/// <summary>
/// Acquires a lease of this node's own and releases it, once for each session. Without this, a wrong roster or a blocked port would show
/// only when a split brain resolver asks for its first lease, which is in a split. Thread-safe.
/// </summary>
/// <param name="limit">The time within which Akka.Cluster must acquire a lease. A probe that takes longer is a warning.</param>
internal sealed class LeaseProbe(
    Claims locks, SessionKeeper keeper, CoordinationSettings settings, TimeSpan limit, TimeProvider time, ILoggingAdapter log)
{
    // A session that has missed more than two renewals is at risk.
    private const int LateRenewals = 3;

    // The pause after the group has refused the session or the lease, which an operator has to change.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    private volatile Session? _session;
    private volatile GroupProblem? _refusal;

    /// <summary>Why leases cannot be acquired, or may soon be lost. Known without asking the group.</summary>
    public ImmutableArray<GroupProblem> Problems => (Failure ?? Risk) is { } problem ? [problem] : [];

    private GroupProblem? Failure => _session is { IsAlive: true } ? null : _refusal ?? new(
        ProblemSeverity.NotReady,
        $"The group '{settings.Group}' has not granted a lease to this node, so no lease of Akka.Cluster and no lock can be acquired.",
        settings.Remedy);

    private GroupProblem? Risk
    {
        get
        {
            if (_session is not { } session || keeper.Limit - session.Left is var age && age <= settings.RenewInterval * LateRenewals)
            {
                return null;
            }

            return new(
                ProblemSeverity.Risk,
                $"The group '{settings.Group}' has not renewed this node's session for {Seconds(age)}. In {Seconds(session.Left)} its "
                    + "locks and leases are lost.",
                settings.Remedy);
        }
    }

    /// <summary>Probes each session of this program until the actor system ends. Never fails.</summary>
    public async Task RunAsync()
    {
        while (true)
        {
            try
            {
                await ProbeAsync().ConfigureAwait(false);
            }
            catch (ObjectDisposedException)
            {
                return;
            }
            catch (Exception e)
            {
                _refusal = new(
                    ProblemSeverity.NotReady,
                    $"The group '{settings.Group}' refuses a lease to this node. {e.Message}",
                    $"Mend the cause. This node tries again every {Pause.TotalSeconds} s.");
                log.Warning("{0}", _refusal);
                await time.PauseAsync(Pause).ConfigureAwait(false);
            }
        }
    }

    private static string Seconds(TimeSpan time) => FormattableString.Invariant($"{time.TotalSeconds:0.0} s");

    private async Task ProbeAsync()
    {
        var begin = time.GetTimestamp();
        var acquiring = AcquireAsync();
        try
        {
            await acquiring.WaitAsync(limit, time).ConfigureAwait(false);
        }
        catch (TimeoutException) when (!acquiring.IsCompleted)
        {
            log.Warning("A probe lease was not acquired within {0} (lease-operation-timeout). {1}", limit, Failure);
        }

        var session = await acquiring.ConfigureAwait(false);
        _refusal = null;
        _session = session;
        log.Info(
            "A probe lease was acquired and released within {0}: the leases of Akka.Cluster work on this node.",
            Seconds(time.GetElapsedTime(begin)));
        await time.PauseAsync(Timeout.InfiniteTimeSpan, session.Lost).ConfigureAwait(false);
    }

    private async Task<Session> AcquireAsync()
    {
        var session = await keeper.GetAsync(CancellationToken.None).ConfigureAwait(false);

        // Each session has another name, so that no probe waits for one of an earlier start of this node.
        var name = $"raft-probe/{settings.Self}/{session.Id}";
        var acquired = await locks.AcquireAsync(name, 1, waits: false, null, Timeout.InfiniteTimeSpan, CancellationToken.None)
            .ConfigureAwait(false);
        if (acquired is { } held)
        {
            await held.DisposeAsync().ConfigureAwait(false);
        }

        return session;
    }
}
