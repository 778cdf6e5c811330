namespace RaftActors.Benchmarks;

/// <summary>The peak memory of this process, as Linux counts it.</summary>
internal static class PeakMemory
{
    /// <summary>Since <see cref="Forget"/>.</summary>
    public static long Bytes
    {
        get
        {
            var line = File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
            return 1024 * long.Parse(line["VmHWM:".Length..].Replace("kB", "").Trim(), CultureInfo.InvariantCulture);
        }
    }

    public static void Forget() => File.WriteAllText("/proc/self/clear_refs", "5");
}
