namespace RaftActors.Benchmarks.Large;

/// <summary>Measures one phase: appends in closed loops, the peak of the resident memory, and the largest heap.</summary>
internal sealed class LargeStatePhase(string name)
{
    private const int ValueSize = 256;

    private static readonly TimeSpan SampleInterval = TimeSpan.FromMilliseconds(20);

    /// <summary>The largest GC heap after a collection, in bytes.</summary>
    public long HeapBytes { get; private set; }

    /// <summary>Appends until the work is done, and prints a line.</summary>
    public async Task RunAsync(IActorRef leader, int clients, Func<Task> work)
    {
        using var stop = new CancellationTokenSource();
        PeakMemory.Forget();
        var watch = Stopwatch.StartNew();
        var loops = Enumerable.Range(0, clients).Select(_ => AppendAsync(leader, stop.Token)).ToArray();
        var samples = SampleAsync(stop.Token);
        await work();
        await stop.CancelAsync();
        double[] all = [.. (await Task.WhenAll(loops)).SelectMany(times => times).Order()];
        await samples;
        var (p50, p99, max) = all.Length == 0 ? (0, 0, 0) : (Percentile.Of(all, 0.5), Percentile.Of(all, 0.99), all[^1]);
        Console.WriteLine(FormattableString.Invariant(
            $"| {name} | {watch.Elapsed.TotalSeconds:F1} | {all.Length} | {p50:F2} | {p99:F1} | {max:F0} | ")
            + FormattableString.Invariant($"{PeakMemory.Bytes >> 20} | {HeapBytes >> 20} |"));
    }

    private static async Task<List<double>> AppendAsync(IActorRef leader, CancellationToken stop)
    {
        var (times, value) = (new List<double>(), new byte[ValueSize]);
        while (!stop.IsCancellationRequested)
        {
            var start = Stopwatch.GetTimestamp();
            var outcome = await leader.Ask<Outcome<long>>(value, TimeSpan.FromMinutes(2));
            outcome.OrThrow();
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        return times;
    }

    private async Task SampleAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            HeapBytes = Math.Max(HeapBytes, GC.GetGCMemoryInfo(GCKind.Any).HeapSizeBytes);
            await Task.Delay(SampleInterval, CancellationToken.None);
        }
    }
}
