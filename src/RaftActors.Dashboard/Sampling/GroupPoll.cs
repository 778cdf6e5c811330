namespace RaftActors.Dashboard.Sampling;

/// <summary>Asks the processes of one group for their state. Thread-safe.</summary>
internal sealed class GroupPoll(Raft raft, string group)
{
    private readonly Lazy<RaftClient> _client = new(() => raft.CreateClient(group));
    private readonly Poll<GroupStatus> _status = new();
    private readonly Poll<string> _explanation = new();

    public RaftClient Client => _client.Value;

    public Polled<GroupStatus>? Status => _status.Latest;

    /// <summary>What a process says about the group, as text for people, or why none answered. Null if none was asked.</summary>
    public string? Explanation => _explanation.Latest?.Failure ?? _explanation.Latest?.Answer;

    public long AskedAt => _status.AskedAt;

    public Task AskAsync() => _status.AskAsync(limit => Client.StatusAsync(cancellationToken: limit));

    /// <summary>Asks a process to explain the group. By default the leader or any other.</summary>
    public Task ExplainAsync(ProcessName? process) =>
        _explanation.AskAsync(limit => Client.ExplainAsync(process, cancellationToken: limit));
}
