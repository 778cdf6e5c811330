using System.Diagnostics;

namespace RaftActors.Cli.Client;

/// <summary>When time is up, by a clock that nobody sets.</summary>
internal readonly record struct Deadline(long Timestamp)
{
    /// <summary>What is left: never negative.</summary>
    public TimeSpan Left => Stopwatch.GetElapsedTime(Math.Min(Stopwatch.GetTimestamp(), Timestamp), Timestamp);

    public bool IsOver => Left == TimeSpan.Zero;

    public static Deadline After(TimeSpan time) => new(Stopwatch.GetTimestamp() + (long)(time.TotalSeconds * Stopwatch.Frequency));
}
