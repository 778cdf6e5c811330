using System.Globalization;

namespace RaftActors.Core;

/// <summary>
/// The time of a log entry, in milliseconds since 1970 in UTC: the wall clock of the leader that proposed it, but never below the time of
/// the entry before. It is the same on every process and after every restart. Milliseconds suffice, because the clocks of two machines
/// differ by as much, and take 6 bytes instead of the 8 of microseconds.
/// </summary>
internal readonly record struct LogTime(long Milliseconds)
{
    /// <summary>The latest time of <see cref="DateTimeOffset"/>, in the year 9999.</summary>
    public static LogTime Max { get; } = Of(DateTimeOffset.MaxValue);

    public static bool operator <(LogTime left, LogTime right) => left.Milliseconds < right.Milliseconds;

    public static bool operator >(LogTime left, LogTime right) => left.Milliseconds > right.Milliseconds;

    public static bool operator <=(LogTime left, LogTime right) => left.Milliseconds <= right.Milliseconds;

    public static bool operator >=(LogTime left, LogTime right) => left.Milliseconds >= right.Milliseconds;

    /// <summary>Cuts the reading of a wall clock to milliseconds. A time before 1970 is 1970.</summary>
    public static LogTime Of(DateTimeOffset clock) => new(Math.Max(0, clock.ToUnixTimeMilliseconds()));

    public DateTimeOffset ToDateTimeOffset() => DateTimeOffset.FromUnixTimeMilliseconds(Milliseconds);

    /// <summary>Returns the text of ISO 8601, in UTC.</summary>
    public override string ToString() => ToDateTimeOffset().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
