using System.Collections.Immutable;

using Akka.Actor;
using Akka.Hosting;

using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace RaftActors.Hosting;

/// <summary>Tells the problems of the raft processes of a node.</summary>
/// <param name="isCounted">Tells whether this check reports a problem.</param>
internal sealed class RaftHealth(RaftPlan plan, Predicate<GroupProblem> isCounted, bool mustBeStarted) : IAkkaHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(AkkaHealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var problems = Problems(context.ActorSystem);
        return Task.FromResult(problems.IsEmpty
            ? HealthCheckResult.Healthy()
            : new HealthCheckResult(context.Registration.FailureStatus, string.Join(' ', problems)));
    }

    private ImmutableArray<string> Problems(ActorSystem system) => plan.HasStarted
        ? [
            .. from process in Raft.Get(system).Processes
               from problem in process.Problems
               where isCounted(problem)
               select $"{problem}",
        ]
        : mustBeStarted ? ["The raft actors have not started."] : [];
}
