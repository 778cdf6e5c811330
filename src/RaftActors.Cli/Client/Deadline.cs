using System.Diagnostics;

namespace RaftActors.Cli.Client;

/// <summary>The end of a time limit, by the monotonic clock.</summary>
internal readonly record struct Deadline(long Timestamp)
{
    /// <summary>The time that is left, never negative.</summary>
    public TimeSpan Left => Stopwatch.GetElapsedTime(Math.Min(Stopwatch.GetTimestamp(), Timestamp), Timestamp);

    public bool IsOver => Left == TimeSpan.Zero;

    public static Deadline After(TimeSpan time) => new(Stopwatch.GetTimestamp() + (long)(time.TotalSeconds * Stopwatch.Frequency));
}
