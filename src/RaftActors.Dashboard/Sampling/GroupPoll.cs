namespace RaftActors.Dashboard.Sampling;

/// <summary>Asks the processes of one group for their state. Each call has one open question at a time. Thread-safe.</summary>
internal sealed class GroupPoll(Raft raft, string group)
{
    // Longer than a call to another node takes, and short enough for a page that shows the silence.
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(3);

    private readonly Lazy<RaftClient> _client = new(() => raft.CreateClient(group));

    private readonly Once _status = new();
    private readonly Once _explanation = new();

    public RaftClient Client => _client.Value;

    /// <summary>The latest answer, or null before the first.</summary>
    public GroupStatus? Status { get; private set; }

    /// <summary>Why the latest question has no answer, as text for people, or null.</summary>
    public string? Failure { get; private set; }

    /// <summary>What a process says about the group, as text for people, or null if none was asked or none answered.</summary>
    public string? Explanation { get; private set; }

    /// <summary>The time of the latest question, as the machine's tick count.</summary>
    public long AskedAt { get; private set; } = long.MinValue;

    public Task AskAsync() => _status.RunAsync(async () =>
    {
        AskedAt = Environment.TickCount64;
        Failure = await TryAsync(async limit => Status = await Client.StatusAsync(limit).ConfigureAwait(false)).ConfigureAwait(false);
    });

    /// <summary>Asks a process to explain the group. By default the leader or any other.</summary>
    public Task ExplainAsync(ProcessName? process) => _explanation.RunAsync(async () =>
    {
        string? text = null;
        var failure = await TryAsync(async limit => text = await Client.ExplainAsync(process, limit).ConfigureAwait(false))
            .ConfigureAwait(false);
        Explanation = text ?? failure;
    });

    private static async Task<string?> TryAsync(Func<CancellationToken, Task> call)
    {
        using var limit = new CancellationTokenSource(AnswerTimeout);
        try
        {
            await call(limit.Token).ConfigureAwait(false);
            return null;
        }
        catch (OperationCanceledException)
        {
            return $"No process answered within {AnswerTimeout.TotalSeconds} s.";
        }
        catch (Exception cause) when (cause is RaftException or ObjectDisposedException)
        {
            return cause.Message;
        }
    }
}
