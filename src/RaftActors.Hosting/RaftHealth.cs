using System.Collections.Immutable;

using Akka.Actor;
using Akka.Hosting;

using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace RaftActors.Hosting;

/// <summary>Judges the raft processes of a node. Each problem is a sentence for people.</summary>
internal sealed class RaftHealth(RaftPlan plan, Func<RaftStatus, IEnumerable<string>> judge, bool mustBeStarted) : IAkkaHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(AkkaHealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var problems = Problems(context.ActorSystem);
        return Task.FromResult(problems.IsEmpty
            ? HealthCheckResult.Healthy()
            : new HealthCheckResult(context.Registration.FailureStatus, string.Join(' ', problems)));
    }

    private ImmutableArray<string> Problems(ActorSystem system) => plan.HasStarted
        ? [.. Raft.Get(system).Processes.SelectMany(judge)]
        : mustBeStarted ? ["The raft actors have not started."] : [];
}
