namespace RaftActors.Benchmarks.Cluster;

/// <summary>Clients with one open operation each. The next one begins when it has ended. Thread-safe.</summary>
internal sealed class ClosedLoop(int clients, TimeSpan warmUp)
{
    private readonly Latencies _latencies = new();
    private long _failed;
    private long _begin = long.MaxValue;
    private long _end = long.MaxValue;
    private volatile bool _isStopping;

    /// <summary>No client begins another operation.</summary>
    public bool IsStopping => _isStopping;

    /// <summary>Runs the clients, and writes <c>begin</c> and <c>end</c> with the window.</summary>
    /// <param name="window">An operation counts if it begins and ends in the window.</param>
    /// <param name="run">Runs the client with this number until <see cref="IsStopping"/>.</param>
    public async Task<Load> RunAsync(TimeSpan window, Func<ClosedLoop, byte, Task> run)
    {
        Task[] loops = [.. Enumerable.Range(0, clients).Select(client => run(this, (byte)client))];
        await Task.Delay(warmUp);
        Console.WriteLine("begin");
        Volatile.Write(ref _begin, Stopwatch.GetTimestamp());
        await Task.Delay(window);
        Volatile.Write(ref _end, Stopwatch.GetTimestamp());
        Console.WriteLine("end");
        _isStopping = true;
        await Task.WhenAll(loops);
        var seconds = Stopwatch.GetElapsedTime(_begin, _end).TotalSeconds;
        return new Load(
            _latencies.Count,
            _latencies.Count / seconds,
            _latencies.Microseconds,
            _failed);
    }

    /// <summary>A client that appends one value again and again.</summary>
    public async Task AppendAsync(RaftClient<ReadOnlyMemory<byte>, object?> group, byte client, int payload)
    {
        var value = ValueOf(client, payload);
        while (!_isStopping)
        {
            var start = Stopwatch.GetTimestamp();
            Count(start, await group.AppendAsync("key", value, cancellationToken: CancellationToken.None) is { Failure: null });
        }
    }

    /// <summary>The value that a client appends.</summary>
    public static byte[] ValueOf(byte client, int payload)
    {
        var value = new byte[payload];
        value[0] = client;
        return value;
    }

    /// <summary>A client that asks one question again and again.</summary>
    public async Task QueryAsync(RaftClient<ReadOnlyMemory<byte>, object?> group, ReadConsistency consistency)
    {
        while (!_isStopping)
        {
            var start = Stopwatch.GetTimestamp();
            Count(start, await group.QueryAsync<int>("count", consistency: consistency) is { Failure: null });
        }
    }

    /// <summary>Counts an operation that ends now.</summary>
    /// <param name="start">The timestamp of its begin.</param>
    public void Count(long start, bool isDone)
    {
        var end = Stopwatch.GetTimestamp();
        if (start < Volatile.Read(ref _begin) || end > Volatile.Read(ref _end))
        {
            return;
        }

        if (isDone)
        {
            _latencies.Add(Stopwatch.GetElapsedTime(start, end));
        }
        else
        {
            Interlocked.Increment(ref _failed);
        }
    }
}
