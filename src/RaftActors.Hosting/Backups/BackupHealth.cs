using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace RaftActors.Hosting.Backups;

/// <summary>
/// Checks the backups of a host. Its data has the latest verified backup of each group and folder with its age. Reads no file.
/// </summary>
internal sealed class BackupHealth(IServiceProvider services) : IHealthCheck, IConfigureOptions<HealthCheckServiceOptions>
{
    public void Configure(HealthCheckServiceOptions options) => options.Registrations.Add(
        new HealthCheckRegistration("raft-backups", this, HealthStatus.Degraded, ["akka", "raft", "risk"]));

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var all = services.GetServices<IHostedService>().OfType<BackupService>().ToList();
        var text = string.Join(' ', all.SelectMany(each => each.FindProblems()).Select(problem => problem.Text));
        Dictionary<string, object> data = [];
        foreach (var (key, latest) in all.SelectMany(each => each.Latest))
        {
            data[key] = latest;
        }

        return Task.FromResult(new HealthCheckResult(
            text.Length == 0 ? HealthStatus.Healthy : context.Registration.FailureStatus, text, data: data));
    }
}
