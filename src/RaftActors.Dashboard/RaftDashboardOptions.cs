namespace RaftActors.Dashboard;

/// <summary>Options of one dashboard.</summary>
public sealed class RaftDashboardOptions
{
    /// <summary>
    /// The name of the authorization policy that allows changes: transfers of the leadership, and members that join or leave. Null: the
    /// pages have no buttons, and each change is refused with 403. Reading is allowed as the endpoints are; see
    /// <c>RequireAuthorization</c>.
    /// </summary>
    public string? OperatorPolicy { get; set; }

    /// <summary>The time between two samples while a browser listens, from 100 ms to a minute. Default: 1 s.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Groups to show besides those that this node hosts or has a client of.</summary>
    public IList<string> Groups { get; } = [];
}
