using System.Globalization;

using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace RaftActors.Hosting.Backups;

/// <summary>
/// Checks the backups of a host. Its data has the folder, and the latest verified backup of each group with its age. Reads no file.
/// </summary>
internal sealed class BackupHealth(IServiceProvider services, TimeProvider time)
    : IHealthCheck, IConfigureOptions<HealthCheckServiceOptions>
{
    public void Configure(HealthCheckServiceOptions options) => options.Registrations.Add(
        new HealthCheckRegistration("raft-backups", this, HealthStatus.Degraded, ["akka", "raft", "risk"]));

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        List<string> problems = [];
        Dictionary<string, object> data = [];
        foreach (var service in services.GetServices<IHostedService>().OfType<BackupService>())
        {
            var (plan, now) = (service.Plan, time.GetUtcNow());
            problems.Add(service.Problem);
            if (service.Groups.IsEmpty && now - service.Begun > plan.Limit)
            {
                problems.Add($"There is no verified backup in {plan.Folder} after {Text(now - service.Begun)}. Read the log.");
            }

            foreach (var group in service.Groups)
            {
                var age = now - (group.Latest?.At ?? service.Begun);
                data[$"{group.Group} in {plan.Folder}"] = group.Latest is { } latest
                    ? $"serial {latest.Serial}, {Text(age)} old"
                    : "no verified backup";
                problems.Add(group.Problem);
                problems.Add(age <= plan.Limit ? "" : group.Latest is null
                    ? $"Group {group.Group} has no verified backup in {plan.Folder} after {Text(age)}. Read the log."
                    : $"The latest verified backup of group {group.Group} in {plan.Folder} is {Text(age)} old; the limit is "
                        + $"{Text(plan.Limit)}. Read the log.");
            }
        }

        var text = string.Join(' ', problems.Where(problem => problem.Length > 0));
        return Task.FromResult(new HealthCheckResult(
            text.Length == 0 ? HealthStatus.Healthy : context.Registration.FailureStatus, text, data: data));
    }

    private static string Text(TimeSpan span) => TimeSpan.FromSeconds((long)span.TotalSeconds).ToString("c", CultureInfo.InvariantCulture);
}
