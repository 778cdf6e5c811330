namespace RaftActors;

/// <summary>The number of an entry in the Raft log, from 1; 0 is the place before the first entry.</summary>
internal readonly record struct LogIndex(long Value) : IComparable<LogIndex>
{
    /// <summary>The place before the first entry.</summary>
    internal static LogIndex Zero => new(0);

    /// <summary>The index after this one.</summary>
    internal LogIndex Next => new(Value + 1);

    int IComparable<LogIndex>.CompareTo(LogIndex other) => Value.CompareTo(other.Value);

    /// <summary>Earlier than.</summary>
    public static bool operator <(LogIndex left, LogIndex right) => left.Value < right.Value;

    /// <summary>Later than.</summary>
    public static bool operator >(LogIndex left, LogIndex right) => left.Value > right.Value;

    /// <summary>Not later than.</summary>
    public static bool operator <=(LogIndex left, LogIndex right) => left.Value <= right.Value;

    /// <summary>Not earlier than.</summary>
    public static bool operator >=(LogIndex left, LogIndex right) => left.Value >= right.Value;

    /// <inheritdoc/>
    public override string ToString() => Value.ToString();
}
