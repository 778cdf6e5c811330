using Akka.Actor;

using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

using RaftActors.Hosting;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds raft actors to an application.</summary>
public static class RaftHostingExtensions
{
    /// <summary>
    /// Starts raft actors with the host, and stops them with it. <see cref="RaftHost"/> is the service to find them. A second call adds
    /// to the first one.
    /// <para>
    /// The host's start fails with a <see cref="RaftStartException"/> if <see cref="RaftHostOptions"/> are wrong or an actor cannot
    /// start. The host's stop runs Akka's CoordinatedShutdown, in which a leader
    /// transfers its leadership.
    /// </para>
    /// </summary>
    public static IServiceCollection AddRaftActors(this IServiceCollection services, Action<RaftHostBuilder> configure)
    {
        var plan = (HostPlan?)services.FirstOrDefault(service => service.ServiceType == typeof(HostPlan))?.ImplementationInstance;
        if (plan is null)
        {
            plan = new HostPlan();
            services.AddSingleton(plan);
            services.AddSingleton(provider => new HostPaths(provider));
            services.AddSingleton(provider => new RaftHost(plan, provider));
            services.AddSingleton<IConfigureOptions<RaftHostOptions>, HostOptionsBinding>();
            services.AddSingleton<IValidateOptions<RaftHostOptions>, HostOptionsCheck>();
            services.AddOptions<RaftHostOptions>();
            services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, RaftHostedService>());
        }

        configure(new RaftHostBuilder(services, plan));
        return services;
    }

    /// <summary>
    /// Adds three health checks. Each result has a sentence for each problem.
    /// <list type="bullet">
    /// <item><c>raft-live</c>, tag <c>live</c>: no raft process of this node has stopped.</item>
    /// <item><c>raft-ready</c>, tag <c>ready</c>: each process knows a leader, and its actor has all pairs that it knows as
    /// committed.</item>
    /// <item><c>raft-at-risk</c>, tag <c>risk</c>: the quorum can lose one more voter, the disk has room, and no process is fenced. It
    /// reports <see cref="HealthStatus.Degraded"/>.</item>
    /// </list>
    /// </summary>
    public static IHealthChecksBuilder AddRaftActors(this IHealthChecksBuilder checks)
    {
        checks.Add(Check("raft-live", HealthStatus.Unhealthy, "live", RaftHealth.Dead, mustBeStarted: false));
        checks.Add(Check("raft-ready", HealthStatus.Unhealthy, "ready", RaftHealth.NotReady, mustBeStarted: true));
        checks.Add(Check("raft-at-risk", HealthStatus.Degraded, "risk", RaftHealth.AtRisk, mustBeStarted: false));
        return checks;
    }

    /// <summary>
    /// Starts the raft actors of the application in an actor system that another component owns, for instance from WithActors of
    /// Akka.Hosting. Returns at once: the host's start waits for the actors and fails if one cannot start. A second call for the same
    /// actor system does nothing.
    /// </summary>
    /// <exception cref="InvalidOperationException">AddRaftActors was not called, or the actors run in another actor system.</exception>
    public static void StartRaftActors(this ActorSystem system, IServiceProvider services)
    {
        var host = services.GetService<RaftHost>()
            ?? throw new InvalidOperationException("The services have no raft actors. Call services.AddRaftActors first.");
        host.Start(system);
    }

    private static HealthCheckRegistration Check(
        string name, HealthStatus status, string tag, Func<RaftActors.ProcessStatus, IEnumerable<string>> judge, bool mustBeStarted) =>
        new(name, provider => new RaftHealth(provider.GetRequiredService<RaftHost>(), judge, mustBeStarted), status, [tag]);
}
