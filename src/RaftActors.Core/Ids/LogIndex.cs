namespace RaftActors;

/// <summary>The number of an entry in the Raft log, from 1; 0 is the place before the first entry.</summary>
internal readonly record struct LogIndex(long Value) : IComparable<LogIndex>
{
    internal static LogIndex Zero => new(0);

    internal LogIndex Next => new(Value + 1);

    int IComparable<LogIndex>.CompareTo(LogIndex other) => Value.CompareTo(other.Value);

    public static bool operator <(LogIndex left, LogIndex right) => left.Value < right.Value;

    public static bool operator >(LogIndex left, LogIndex right) => left.Value > right.Value;

    public static bool operator <=(LogIndex left, LogIndex right) => left.Value <= right.Value;

    public static bool operator >=(LogIndex left, LogIndex right) => left.Value >= right.Value;

    public override string ToString() => Value.ToString();
}
