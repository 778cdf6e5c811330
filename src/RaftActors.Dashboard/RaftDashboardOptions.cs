namespace RaftActors.Dashboard;

/// <summary>Options of one dashboard.</summary>
public sealed class RaftDashboardOptions
{
    internal RaftDashboardOptions()
    {
    }

    /// <summary>
    /// The name of the authorization policy that allows changes: transfers of the leadership, members that join or leave, and locks that
    /// are taken away. By default the pages have no buttons, and each change is refused with 403. Reading is allowed as the endpoints are;
    /// see <c>RequireAuthorization</c>.
    /// </summary>
    public string? OperatorPolicy { get; set; }

    /// <summary>The time between two samples while a browser listens, from 100 ms to a minute. Default: 1 s.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Groups to show besides those that this node hosts or has a client of.</summary>
    public IList<string> Groups { get; } = [];

    internal Dictionary<string, Func<CommittedPair, string?>> Values { get; } = new(StringComparer.Ordinal);

    /// <summary>
    /// Shows the values of a group on the page of its log, to all readers of the dashboard. Without this call the page has only their
    /// sizes and types, because values may be secrets.
    /// </summary>
    /// <typeparam name="TValue">The type of the values, as the actors have it.</typeparam>
    /// <param name="group">The name of the group. A later call for the same group replaces this one.</param>
    /// <param name="show">
    /// Makes a text of a pair, of which the page shows 200 characters, or returns null to hide the value. Several threads may call it
    /// at the same time. If it throws, the page has the type of the exception.
    /// </param>
    /// <param name="codec">The <see cref="RaftOptions{TValue}.Codec"/> of the actors, or null.</param>
    public void ShowValues<TValue>(string group, Func<Entry<TValue>, string?> show, RaftCodec<TValue>? codec = null)
    {
        ArgumentNullException.ThrowIfNull(group);
        ArgumentNullException.ThrowIfNull(show);
        Values[group] = pair => show(pair.Read(codec));
    }
}
