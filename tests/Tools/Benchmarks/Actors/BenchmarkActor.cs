namespace RaftActors.Benchmarks.Actors;

/// <summary>A raft actor without state. It makes calls on request, and counts elections.</summary>
internal sealed class BenchmarkActor : RaftActor<byte[]>
{
    private static int _elections;
    private readonly TaskCompletionSource _isReady;
    private long _led;

    /// <param name="isReady">Set when this process knows a leader.</param>
    public BenchmarkActor(TaskCompletionSource isReady)
    {
        _isReady = isReady;
        Receive<Append>(append =>
        {
            for (var i = 0; i < append.Count; i++)
            {
                Group.Append("key", append.Value, replyTo: Sender);
            }
        });
        Receive<Query>(query =>
        {
            for (var i = 0; i < query.Count; i++)
            {
                Group.Query(query, replyTo: Sender);
            }
        });
        Receive<IsLeader>(_ => Sender.Tell(Group.Leader?.IsSelf == true));
    }

    /// <summary>Elections in this operating-system process since its start.</summary>
    public static int Elections => Volatile.Read(ref _elections);

    protected override object? HandleAppend(Entry<byte[]> entry) => null;

    protected override object? HandleQuery(object question) => null;

    protected override void HandleLeader(RaftActors.Leader? leader)
    {
        if (leader is null)
        {
            return;
        }

        // HandleLeader is called again when the leader is ready.
        if (leader.IsSelf && leader.Term != _led)
        {
            _led = leader.Term;
            Interlocked.Increment(ref _elections);
        }

        _isReady.TrySetResult();
    }

    internal sealed record Append(int Count, byte[] Value);

    internal sealed record Query(int Count);

    internal sealed record IsLeader
    {
        public static IsLeader Instance { get; } = new();
    }
}
