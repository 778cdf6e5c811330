using Microsoft.AspNetCore.Routing;

using RaftActors.Dashboard;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Adds the dashboard to an ASP.NET Core application.</summary>
public static class RaftDashboardExtensions
{
    /// <summary>
    /// Maps pages that show the raft groups of this node live: leaders, members, terms, lag and problems. The application has an actor
    /// system with <c>WithRaft</c>.
    /// <para>
    /// The pages change nothing unless <see cref="RaftDashboardOptions.OperatorPolicy"/> is set. All may read them that reach the
    /// endpoints: call <c>RequireAuthorization</c> on the result to restrict that.
    /// </para>
    /// </summary>
    /// <param name="endpoints">The application.</param>
    /// <param name="pattern">The path of the overview.</param>
    /// <param name="configure">Sets the options.</param>
    /// <returns>The conventions of all endpoints of the dashboard.</returns>
    /// <exception cref="InvalidOperationException">The application has no actor system.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The interval is out of range.</exception>
    public static IEndpointConventionBuilder MapRaftDashboard(
        this IEndpointRouteBuilder endpoints, string pattern = "/raft", Action<RaftDashboardOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(pattern);
        RaftDashboardOptions options = new();
        configure?.Invoke(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Interval, TimeSpan.FromMilliseconds(100), nameof(options.Interval));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Interval, TimeSpan.FromMinutes(1), nameof(options.Interval));
        return new RaftActors.Dashboard.Endpoints.Dashboard(endpoints.ServiceProvider, options).Map(endpoints, pattern)
            .WithMetadata(new ExcludeFromDescriptionAttribute());
    }
}
