namespace RaftActors.Benchmarks.Cluster;

/// <summary>
/// Calls that start by a clock, however many are open. Their latency counts from the planned start, so a stall delays all calls that were
/// planned in it. Planned starts have a constant distance, because random ones would add bursts of the plan to the tail.
/// </summary>
/// <param name="rate">Calls per second.</param>
public sealed partial class OpenLoop(int callers, int payload, double rate, TimeSpan warmUp)
{
    // The kernel adds 50 us, so a call starts up to 0.1 ms late. A thread that spins instead would take a core from the nodes.
    private static readonly TimeSpec Rest = new(0, 50_000);

    private readonly byte[][] _values = [.. Enumerable.Range(0, callers).Select(one => ClosedLoop.ValueOf((byte)one, payload))];
    private readonly Latencies _late = new();
    private int _open;
    private int _openMost;

    /// <summary>The ticks of <see cref="Stopwatch"/> from the start of the first call to that of this one.</summary>
    public long StartOf(int call) => (long)(call * (Stopwatch.Frequency / rate));

    /// <summary>The number of calls that start in a time span, at least one.</summary>
    public int CallsIn(TimeSpan span) => Math.Max(1, (int)Math.Round(span.TotalSeconds * rate));

    /// <summary>Starts the calls, writes <c>begin</c> and <c>end</c> with the window, and waits for all calls.</summary>
    /// <param name="window">A call counts if its planned start is in the window.</param>
    /// <param name="call">Makes a call of the caller with this number. Returns whether it succeeded. Does not block.</param>
    public async Task<Load> RunAsync(TimeSpan window, Func<int, byte[], ValueTask<bool>> call)
    {
        var (origin, first) = (Stopwatch.GetTimestamp(), CallsIn(warmUp));
        var calls = new Interval[first + CallsIn(window)];
        await Task.Factory.StartNew(() => StartAll(origin, first, calls, call), TaskCreationOptions.LongRunning);
        while (Volatile.Read(ref _open) > 0)
        {
            await Task.Delay(1);
        }

        var whole = new Interval(origin + StartOf(first), origin + StartOf(calls.Length));
        Interval[] done = [.. calls.Skip(first).Where(one => one.To > 0)];
        var latencies = Latencies.Of(done);
        var (inTime, failed) = (done.Count(one => one.To <= whole.To), calls.Length - first - done.Length);
        return new Load(
            done.Length, inTime / whole.Duration.TotalSeconds, latencies.Microseconds, failed, _late.Percentile(99), _openMost)
        {
            Window = whole,
            SlowCalls = latencies.Slow(done),
        };
    }

    private void StartAll(long origin, int first, Interval[] calls, Func<int, byte[], ValueTask<bool>> call)
    {
        for (var next = 0; next < calls.Length; next++)
        {
            var (planned, now) = (origin + StartOf(next), Stopwatch.GetTimestamp());
            for (; now < planned; now = Stopwatch.GetTimestamp())
            {
                _ = Sleep(Rest, 0);
            }

            if (next == first)
            {
                Console.WriteLine("begin");
            }

            if (next >= first)
            {
                _late.Add(Stopwatch.GetElapsedTime(planned, now));
            }

            _openMost = Math.Max(_openMost, Interlocked.Increment(ref _open));
            _ = RunAsync(next, planned);
        }

        Console.WriteLine("end");

        async Task RunAsync(int place, long planned)
        {
            var caller = place % callers;
            calls[place] = new Interval(planned, await call(caller, _values[caller]) ? Stopwatch.GetTimestamp() : 0);
            Interlocked.Decrement(ref _open);
        }
    }

    [LibraryImport("libc", EntryPoint = "nanosleep")]
    private static partial int Sleep(in TimeSpec time, nint rest);

    private readonly record struct TimeSpec(long Seconds, long Nanoseconds);
}
