using Akka.Actor;
using Akka.Coordination;

namespace CoordinationTrials.Simulated;

/// <summary>
/// The lease of raft, which does not wait for its release: a shard waits on its thread, and here that thread is the only one. Made by
/// Akka.NET.
/// </summary>
internal sealed class SimulatedLease(LeaseSettings settings, ExtendedActorSystem system) : Lease(settings)
{
    private readonly RaftLease _lease = new(settings, system);

    public override Task<bool> Acquire() => _lease.Acquire();

    public override Task<bool> Acquire(Action<Exception> leaseLostCallback) => _lease.Acquire(leaseLostCallback);

    public override Task<bool> Release()
    {
        _ = _lease.Release();
        return Task.FromResult(true);
    }

    public override bool CheckLease() => _lease.CheckLease();
}
