using Akka.Configuration;

namespace RaftActors.Settings;

/// <summary>The timeouts of calls that name none, and how many Gets are pending at a time.</summary>
/// <param name="raft">The configuration of <c>raft</c>, or of a group.</param>
internal sealed class RequestSettings(Config raft)
{
    public TimeSpan AppendTimeout { get; } = raft.ReadTime("append-timeout");

    public TimeSpan GetTimeout { get; } = raft.ReadTime("get-timeout");

    public TimeSpan QueryTimeout { get; } = raft.ReadTime("query-timeout");

    public TimeSpan ChangeTimeout { get; } = raft.ReadTime("change-timeout");

    public int GetWindow { get; } = raft.ReadNumber("get-window");
}
