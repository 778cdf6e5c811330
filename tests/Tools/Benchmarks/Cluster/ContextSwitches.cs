namespace RaftActors.Benchmarks.Cluster;

/// <summary>Context switches of this process. Unlike times, their number an operation hardly depends on the machine.</summary>
internal static partial class ContextSwitches
{
    // The two times of struct rusage have four numbers. Fourteen others follow, of which the last two count switches.
    private const int Numbers = 18;

    /// <summary>Those of all threads until now, ended ones included, voluntary or not. 0 on other systems than Linux.</summary>
    public static long Now
    {
        get
        {
            if (!OperatingSystem.IsLinux())
            {
                return 0;
            }

            Span<long> usage = stackalloc long[Numbers];
            return GetUsage(who: 0, ref usage[0]) == 0 ? usage[^2] + usage[^1] : throw new InvalidOperationException("getrusage failed.");
        }
    }

    [LibraryImport("libc", EntryPoint = "getrusage")]
    private static partial int GetUsage(int who, ref long usage);
}
