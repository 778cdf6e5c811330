namespace RaftActors.Benchmarks.Cluster;

/// <summary>Processor time of the whole machine that was used until now.</summary>
internal readonly record struct BusyCores(TimeSpan At, TimeSpan Busy)
{
    // USER_HZ, the unit of /proc/stat on all platforms of .NET.
    private const int TicksPerSecond = 100;

    public static BusyCores Now
    {
        get
        {
            // cpu user nice system idle iowait irq softirq steal ...
            var numbers = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1)
                .Select(word => long.Parse(word, CultureInfo.InvariantCulture)).ToArray();
            var busy = numbers[0] + numbers[1] + numbers[2] + numbers[5] + numbers[6];
            return new BusyCores(Stopwatch.GetElapsedTime(0), TimeSpan.FromSeconds(busy / (double)TicksPerSecond));
        }
    }
}
