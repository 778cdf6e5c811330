using System.Globalization;

namespace RaftActors.Benchmarks.Store;

/// <summary>Counters of Linux for this process: write calls, their bytes, and the peak memory.</summary>
internal readonly record struct SystemCounters(long WriteCalls, long WrittenBytes)
{
    public static SystemCounters During(Action act)
    {
        var before = Now;
        act();
        var after = Now;
        return new SystemCounters(after.WriteCalls - before.WriteCalls, after.WrittenBytes - before.WrittenBytes);
    }

    public static SystemCounters operator +(SystemCounters left, SystemCounters right) =>
        new(left.WriteCalls + right.WriteCalls, left.WrittenBytes + right.WrittenBytes);

    /// <summary>Peak memory since <see cref="ForgetPeak"/>.</summary>
    public static long PeakMemoryBytes => 1024 * Number("/proc/self/status", "VmHWM:");

    public static void ForgetPeak() => File.WriteAllText("/proc/self/clear_refs", "5");

    private static SystemCounters Now => new(Number("/proc/self/io", "syscw:"), Number("/proc/self/io", "wchar:"));

    private static long Number(string file, string name)
    {
        var line = File.ReadLines(file).First(line => line.StartsWith(name, StringComparison.Ordinal));
        return long.Parse(line[name.Length..].Replace("kB", "").Trim(), CultureInfo.InvariantCulture);
    }
}
