using Akka.Hosting;

using Microsoft.Extensions.Diagnostics.HealthChecks;

using RaftActors.Coordination;

namespace RaftActors.Hosting;

/// <summary>Checks the raft processes or the coordination of a node. Asks no group, so it may be called often.</summary>
internal sealed class RaftHealth(Func<AkkaHealthCheckContext, HealthCheckResult> check) : IAkkaHealthCheck
{
    /// <summary>Tells whether this node can acquire and keep leases.</summary>
    public static RaftHealth OfCoordination { get; } = new(context =>
    {
        // The coordination starts with its first lease, so most nodes without WithRaftCoordination have none.
        var own = context.ActorSystem.HasExtension<RaftCoordination>() ? RaftCoordination.Get(context.ActorSystem) : null;
        return own?.Problems.MaxBy(problem => problem.Severity) switch
        {
            { Severity: ProblemSeverity.Risk } risk => HealthCheckResult.Degraded($"{risk}"),
            { } failure => new HealthCheckResult(context.Registration.FailureStatus, $"{failure}"),
            null => HealthCheckResult.Healthy(),
        };
    });

    /// <summary>Tells the problems of the raft processes.</summary>
    /// <param name="isCounted">Tells whether this check reports a problem.</param>
    public static RaftHealth OfProcesses(RaftPlan plan, Predicate<GroupProblem> isCounted, bool mustBeStarted = false) => new(context =>
    {
        var problems =
            from process in plan.HasStarted ? Raft.Get(context.ActorSystem).Processes : []
            from problem in process.Problems
            where isCounted(problem)
            select $"{problem}";
        var text = mustBeStarted && !plan.HasStarted ? "The raft actors have not started." : string.Join(' ', problems);
        return text.Length == 0 ? HealthCheckResult.Healthy() : new HealthCheckResult(context.Registration.FailureStatus, text);
    });

    public Task<HealthCheckResult> CheckHealthAsync(AkkaHealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(check(context));
}
