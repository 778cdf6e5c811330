using System.Net;
using System.Net.Sockets;

namespace RaftActors.Benchmarks.Cluster;

/// <summary>The limits of this machine: a synced write, and a round trip over the loopback address. Medians, in microseconds.</summary>
/// <param name="Sync">A write of 4,096 bytes and its fdatasync.</param>
/// <param name="SyncOfThree">The same while three threads write to files of their own.</param>
/// <param name="SyncOfThreeMost">The 99th percentile of the same.</param>
/// <param name="RoundTrip">64 bytes to another thread over TCP and back, with blocking sockets.</param>
internal sealed record Limits(double Sync, double SyncOfThree, double SyncOfThreeMost, double RoundTrip)
{
    private const int Syncs = 500;
    private const int RoundTrips = 5_000;

    public static Limits Measure(string directory)
    {
        var folder = Directory.CreateDirectory(Path.Combine(directory, Path.GetRandomFileName())).FullName;
        try
        {
            var (alone, three) = (MeasureSync(folder, 1), MeasureSync(folder, 3));
            return new Limits(Percentile.Of(alone, 0.5), Percentile.Of(three, 0.5), Percentile.Of(three, 0.99), MeasureRoundTrip());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"Limits of the machine: fdatasync {Sync:F0} us, with three writers {SyncOfThree:F0} us (p99 {SyncOfThreeMost:F0} us); "
        + $"round trip over TCP {RoundTrip:F0} us.");

    // The times, sorted.
    private static double[] MeasureSync(string folder, int writers)
    {
        var times = new List<long>();
        Thread[] threads = [.. Enumerable.Range(0, writers).Select(writer => new Thread(() =>
        {
            var own = new List<long>();
            using (var loop = new BareLoop(Directory.CreateDirectory(Path.Combine(folder, $"{writers}-{writer}")).FullName))
            {
                for (var i = 0; i < Syncs; i++)
                {
                    own.Add(loop.Write(4096));
                }
            }

            lock (times)
            {
                times.AddRange(own);
            }
        }))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        return [.. times.Order().Select(Microseconds)];
    }

    private static double MeasureRoundTrip()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var near = new TcpClient { NoDelay = true };
        near.Connect((IPEndPoint)listener.LocalEndpoint);
        using var far = listener.AcceptTcpClient();
        far.NoDelay = true;
        var echo = new Thread(() =>
        {
            var bytes = new byte[64];
            for (var i = 0; i < RoundTrips; i++)
            {
                far.GetStream().ReadExactly(bytes);
                far.GetStream().Write(bytes);
            }
        });
        echo.Start();
        var times = new List<long>();
        var message = new byte[64];
        for (var i = 0; i < RoundTrips; i++)
        {
            var start = Stopwatch.GetTimestamp();
            near.GetStream().Write(message);
            near.GetStream().ReadExactly(message);
            times.Add(Stopwatch.GetTimestamp() - start);
        }

        echo.Join();
        return Percentile.Median(times, Microseconds);
    }

    private static double Microseconds(long ticks) => Stopwatch.GetElapsedTime(0, ticks).TotalMicroseconds;
}
