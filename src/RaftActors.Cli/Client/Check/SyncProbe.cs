namespace RaftActors.Cli.Client.Check;

/// <summary>Measures syncs in a directory. Writes 4,096 bytes before each to a file of its own.</summary>
internal static class SyncProbe
{
    private const int Syncs = 200;
    private const int WriteSize = 4096;

    /// <returns>The times of the syncs, sorted.</returns>
    /// <exception cref="IOException">The directory cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not write to the directory.</exception>
    public static TimeSpan[] Measure(string directory)
    {
        // The system deletes the file with its handle. On Unix the name is removed before the first write, so that no file is left if this
        // program is killed.
        var path = Path.Combine(directory, $"check-{Guid.NewGuid():N}");
        using var file = File.OpenHandle(
            path, FileMode.CreateNew, FileAccess.Write, FileShare.Delete, FileOptions.DeleteOnClose, Syncs * WriteSize);
        if (!OperatingSystem.IsWindows())
        {
            File.Delete(path);
        }

        RandomAccess.FlushToDisk(file);
        var (bytes, times) = (new byte[WriteSize], new TimeSpan[Syncs]);
        for (var i = 0; i < Syncs; i++)
        {
            Random.Shared.NextBytes(bytes);
            var start = Stopwatch.GetTimestamp();
            RandomAccess.Write(file, bytes, (long)i * WriteSize);
            RandomAccess.FlushToDisk(file);
            times[i] = Stopwatch.GetElapsedTime(start);
        }

        Array.Sort(times);
        return times;
    }

    /// <summary>The median and the 99th percentile of sorted times.</summary>
    public static (TimeSpan Half, TimeSpan Most) Percentiles(TimeSpan[] times) => (times[times.Length / 2], times[times.Length * 99 / 100]);
}
