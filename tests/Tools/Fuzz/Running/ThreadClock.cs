using System.Diagnostics;
using System.Runtime.InteropServices;

namespace RaftActors.Fuzz.Running;

/// <summary>
/// The processor time of the calling thread, which a busy machine does not change. Elsewhere than on Linux: the time.
/// </summary>
public static partial class ThreadClock
{
    private const int ThreadCpuTime = 3; // CLOCK_THREAD_CPUTIME_ID of Linux.

    public static TimeSpan Now
    {
        get
        {
            if (!OperatingSystem.IsLinux())
            {
                return Stopwatch.GetElapsedTime(0);
            }

            _ = GetTime(ThreadCpuTime, out var time);
            return new TimeSpan((time.Seconds * TimeSpan.TicksPerSecond) + (time.Nanoseconds / TimeSpan.NanosecondsPerTick));
        }
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int GetTime(int clock, out Time time);

    private struct Time
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
