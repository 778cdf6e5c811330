namespace RaftActors.Dashboard.Sampling;

/// <summary>Asks the processes of one group how they are. Each call has one open question at a time. Thread-safe.</summary>
internal sealed class GroupPoll(Raft raft, string group, IReadOnlyList<string>? contacts)
{
    // Longer than a call to another node takes, and short enough for a page that shows the silence.
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(3);

    private readonly Lazy<RaftClient> _client = new(() => raft.CreateClient(group, contacts));

    private readonly Once _status = new();
    private readonly Once _explanation = new();

    public RaftClient Client => _client.Value;

    /// <summary>The latest answer. Null: there was none yet.</summary>
    public GroupStatus? Status { get; private set; }

    /// <summary>Why the latest question has no answer, as text for people. Null: it has one.</summary>
    public string? Failure { get; private set; }

    /// <summary>What a process says about the group, as text for people. Null: none was asked, or none answered.</summary>
    public string? Explanation { get; private set; }

    /// <summary>When the group was asked last, by the tick count of the machine.</summary>
    public long AskedAt { get; private set; } = long.MinValue;

    /// <summary>Asks all processes.</summary>
    public Task AskAsync() => _status.RunAsync(async () =>
    {
        AskedAt = Environment.TickCount64;
        Failure = await TryAsync(async limit => Status = await Client.StatusAsync(limit).ConfigureAwait(false)).ConfigureAwait(false);
    });

    /// <summary>Asks one process to explain the group: this one, or if it is null the leader or any other.</summary>
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
