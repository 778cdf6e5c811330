using RaftActors.Cli.Client.Top;

namespace RaftActors.Benchmarks.Cluster;

/// <summary>Measures what one table of <c>raft top</c> with all groups of an application takes.</summary>
internal static class TopBenchmark
{
    private const int Rounds = 5;

    private static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(5);

    /// <summary>Returns the median time and bytes of a table, by a client with connections that are open.</summary>
    /// <param name="processes">The number of processes on all nodes.</param>
    public static async Task<(TimeSpan Time, long Bytes)> MeasureAsync(string port, int processes, CancellationToken stop)
    {
        await using var connection = new RaftConnection([$"127.0.0.1:{port}"]);
        using var received = new Received();
        List<(TimeSpan Time, long Bytes)> rounds = [];
        while (rounds.Count < Rounds)
        {
            var (start, before) = (Stopwatch.GetTimestamp(), received.Bytes);
            var sample = await ApplicationSample.TakeAsync(connection, WaitMax, stop);
            var round = (Stopwatch.GetElapsedTime(start), received.Bytes - before);

            // The first ones connect, and compile.
            if (sample.Groups.Sum(group => group.Processes.Length) == processes)
            {
                rounds.Add(round);
            }
        }

        return (Median(rounds.Select(round => round.Time)), Median(rounds.Select(round => round.Bytes)));

        static T Median<T>(IEnumerable<T> values) => values.Order().ElementAt(Rounds / 2);
    }

    /// <summary>Counts the bytes that the client receives on raft's own connections.</summary>
    private sealed class Received : IDisposable
    {
        private readonly MeterListener _listener = new();
        private long _bytes;

        public Received()
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == Raft.TelemetryName && instrument.Name == "raft.transport.io")
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            };
            _listener.SetMeasurementEventCallback<long>((_, value, tags, _) =>
            {
                if (tags is [{ Key: "raft.system", Value: "raft-client" }, { Key: "direction", Value: "receive" }])
                {
                    Interlocked.Add(ref _bytes, value);
                }
            });
            _listener.Start();
        }

        public long Bytes => Interlocked.Read(ref _bytes);

        public void Dispose() => _listener.Dispose();
    }
}
