using Akka.Hosting;

using Microsoft.Extensions.Diagnostics.HealthChecks;

using RaftActors.Coordination;

namespace RaftActors.Hosting;

/// <summary>Checks whether this node can acquire and keep leases. It asks the group nothing, so it may be called often.</summary>
internal sealed class CoordinationHealth : IAkkaHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(AkkaHealthCheckContext context, CancellationToken cancellationToken = default)
    {
        // The coordination starts with its first lease, so most nodes without WithRaftCoordination have none.
        var own = context.ActorSystem.HasExtension<RaftCoordination>() ? RaftCoordination.Get(context.ActorSystem) : null;
        return Task.FromResult(own switch
        {
            { LeaseFailure: { } failure } => new HealthCheckResult(context.Registration.FailureStatus, failure),
            { LeaseRisk: { } risk } => HealthCheckResult.Degraded(risk),
            _ => HealthCheckResult.Healthy(),
        });
    }
}
