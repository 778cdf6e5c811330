namespace RaftActors.Core;

/// <summary>
/// A reading of the monotonic clock of a process, in microseconds from any origin. The shell reads the clock after it took the input, so a
/// lease that holds at the reading held after the question was asked.
/// </summary>
internal readonly record struct Instant(long Microseconds) : IComparable<Instant>
{
    public int CompareTo(Instant other) => Microseconds.CompareTo(other.Microseconds);

    public static bool operator <(Instant left, Instant right) => left.Microseconds < right.Microseconds;

    public static bool operator >(Instant left, Instant right) => left.Microseconds > right.Microseconds;

    public static bool operator <=(Instant left, Instant right) => left.Microseconds <= right.Microseconds;

    public static bool operator >=(Instant left, Instant right) => left.Microseconds >= right.Microseconds;
}
