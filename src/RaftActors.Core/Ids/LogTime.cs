using System.Globalization;

namespace RaftActors.Core;

/// <summary>
/// The time of a log entry, in milliseconds since 1970 in UTC: the wall clock of the leader that proposed it, and never below the time of
/// the entry before. So it is the same on every process and in every life. Milliseconds suffice, because the clocks of two machines differ
/// by as much. They take 6 bytes where microseconds take 8.
/// </summary>
internal readonly record struct LogTime(long Milliseconds)
{
    /// <summary>The latest time that <see cref="DateTimeOffset"/> has, in the year 9999.</summary>
    public static LogTime Max { get; } = Of(DateTimeOffset.MaxValue);

    /// <summary>Earlier.</summary>
    public static bool operator <(LogTime left, LogTime right) => left.Milliseconds < right.Milliseconds;

    /// <summary>Later.</summary>
    public static bool operator >(LogTime left, LogTime right) => left.Milliseconds > right.Milliseconds;

    /// <summary>Not later.</summary>
    public static bool operator <=(LogTime left, LogTime right) => left.Milliseconds <= right.Milliseconds;

    /// <summary>Not earlier.</summary>
    public static bool operator >=(LogTime left, LogTime right) => left.Milliseconds >= right.Milliseconds;

    /// <summary>Cuts the reading of a wall clock to milliseconds. A time before 1970 is 1970.</summary>
    public static LogTime Of(DateTimeOffset clock) => new(Math.Max(0, clock.ToUnixTimeMilliseconds()));

    /// <summary>The same time, in UTC.</summary>
    public DateTimeOffset ToDateTimeOffset() => DateTimeOffset.FromUnixTimeMilliseconds(Milliseconds);

    /// <summary>The text of ISO 8601, in UTC.</summary>
    public override string ToString() => ToDateTimeOffset().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
