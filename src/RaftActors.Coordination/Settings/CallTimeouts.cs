using Akka.Configuration;

namespace RaftActors.Coordination.Settings;

/// <summary>The times of calls that name none, as the clients of all groups have them.</summary>
/// <param name="Append">For all attempts of a call that changes the group: <c>raft.append-timeout</c>.</param>
/// <param name="Query">For a call that reads: <c>raft.query-timeout</c>.</param>
internal sealed record CallTimeouts(TimeSpan Append, TimeSpan Query)
{
    /// <summary>
    /// For calls that no user waits for. It is longer than it takes to found the group, or to elect a leader after a crash, so that a slow
    /// start is no failure.
    /// </summary>
    public static CallTimeouts InBackground { get; } = new(TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(30));

    /// <param name="config">The whole configuration, with the defaults of <c>raft</c>.</param>
    public static CallTimeouts Read(Config config, string group)
    {
        return new(Of("append-timeout"), Of("query-timeout"));

        TimeSpan Of(string key)
        {
            var own = $"raft.groups.{group}.{key}";
            return config.GetTimeSpan(config.HasPath(own) ? own : $"raft.{key}");
        }
    }
}
