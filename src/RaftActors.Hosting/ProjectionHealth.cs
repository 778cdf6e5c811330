using Akka.Actor;

using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace RaftActors.Hosting;

/// <summary>
/// Checks the projections of a host. Its data has the serial of each, and that of the latest pair that a process of this node knows as
/// committed, where there is one.
/// </summary>
internal sealed class ProjectionHealth(IServiceProvider services) : IHealthCheck, IConfigureOptions<HealthCheckServiceOptions>
{
    public void Configure(HealthCheckServiceOptions options) => options.Registrations.Add(
        new HealthCheckRegistration("raft-projections", this, failureStatus: null, ["akka", "raft", "risk"]));

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var all = services.GetServices<IHostedService>().OfType<ProjectionService>().ToList();
        var processes = services.GetService<ActorSystem>() is { } system ? Raft.Get(system).Processes : [];
        Dictionary<string, object> serials = [];
        foreach (var each in all)
        {
            var committed = processes.FirstOrDefault(process => process.Group == each.Group)?.Committed;
            serials[each.Name] = committed is null ? $"{each.Status.Serial}" : $"{each.Status.Serial} of {committed}";
        }

        var failing = all.Where(each => each.HasEnded || each.Status.Failure is not null).ToList();
        var status = failing.Exists(each => each.HasEnded) ? context.Registration.FailureStatus
            : failing.Count > 0 ? HealthStatus.Degraded : HealthStatus.Healthy;
        return Task.FromResult(new HealthCheckResult(status, string.Join(' ', failing.Select(each => each.Text)), data: serials));
    }
}
