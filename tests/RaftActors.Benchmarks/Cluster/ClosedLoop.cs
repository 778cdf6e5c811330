using System.Diagnostics;

namespace RaftActors.Benchmarks.Cluster;

/// <summary>Clients of one group, each with one open Append. The next one begins when it has ended.</summary>
internal sealed class ClosedLoop(RaftClient<byte[], object?> group, int clients, int payload)
{
    private readonly LatencyHistogram _latencies = new();
    private long _failed;
    private long _begin = long.MaxValue;
    private long _end = long.MaxValue;

    /// <summary>Runs the clients.</summary>
    /// <param name="warming">The time before the window.</param>
    /// <param name="window">An Append counts if it begins and ends in the window.</param>
    /// <param name="onWindow">Called when the window begins, and when it ends.</param>
    public async Task<Load> RunAsync(TimeSpan warming, TimeSpan window, Action<bool> onWindow)
    {
        using CancellationTokenSource stop = new();
        Task[] loops = [.. Enumerable.Range(0, clients).Select(client => Task.Run(() => RunClientAsync((byte)client, stop.Token)))];
        await Task.Delay(warming);
        onWindow(true);
        Volatile.Write(ref _begin, Stopwatch.GetTimestamp());
        await Task.Delay(window);
        Volatile.Write(ref _end, Stopwatch.GetTimestamp());
        onWindow(false);
        await stop.CancelAsync();
        await Task.WhenAll(loops);
        var seconds = Stopwatch.GetElapsedTime(_begin, _end).TotalSeconds;
        return new Load(
            _latencies.Count,
            _latencies.Count / seconds,
            [_latencies.Percentile(0.5), _latencies.Percentile(0.99), _latencies.Percentile(0.999), _latencies.MaxMicroseconds],
            _failed);
    }

    private async Task RunClientAsync(byte client, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var value = new byte[payload];
            value[0] = client;
            var start = Stopwatch.GetTimestamp();
            var outcome = await group.AppendAsync("key", value, cancellationToken: CancellationToken.None);
            var end = Stopwatch.GetTimestamp();
            if (start < Volatile.Read(ref _begin) || end > Volatile.Read(ref _end))
            {
                continue;
            }

            if (outcome is Outcome<object?>.Done)
            {
                _latencies.Add(Stopwatch.GetElapsedTime(start, end));
            }
            else
            {
                Interlocked.Increment(ref _failed);
            }
        }
    }
}
