using RaftActors.Storage.Disk;

namespace RaftActors.Cli.Client.Check;

/// <summary>Measures syncs in a directory. Writes 4,096 bytes before each to a file of its own.</summary>
internal static class SyncProbe
{
    private const int Syncs = 200;
    private const int WriteSize = 4096;

    /// <returns>The times of the syncs, sorted.</returns>
    /// <exception cref="IOException">The directory cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not write to the directory.</exception>
    public static TimeSpan[] Measure(FileDisk disk)
    {
        // The name is removed before the first write, so that no file is left if this program is killed.
        var name = $"check-{Guid.NewGuid():N}";
        using var file = disk.Create(name, Syncs * WriteSize);
        disk.Delete(name);
        file.Sync();
        var (bytes, times) = (new byte[WriteSize], new TimeSpan[Syncs]);
        for (var i = 0; i < Syncs; i++)
        {
            Random.Shared.NextBytes(bytes);
            var start = Stopwatch.GetTimestamp();
            file.Write((long)i * WriteSize, bytes);
            file.Sync();
            times[i] = Stopwatch.GetElapsedTime(start);
        }

        Array.Sort(times);
        return times;
    }

    /// <summary>The median and the 99th percentile of sorted times.</summary>
    public static (TimeSpan Half, TimeSpan Most) Percentiles(TimeSpan[] times) => (times[times.Length / 2], times[times.Length * 99 / 100]);
}
