namespace RaftActors.Core;

/// <summary>
/// The number of an appended pair: 1, 2, 3 and so on without gaps; 0 is none. Never above the index of its entry.
/// </summary>
public readonly record struct Serial(long Value) : IComparable<Serial>
{
    /// <summary>No pair yet.</summary>
    public static Serial Zero => new(0);

    /// <summary>The number of the next pair.</summary>
    public Serial Next => new(Value + 1);

    /// <inheritdoc/>
    public int CompareTo(Serial other) => Value.CompareTo(other.Value);

    /// <summary>Earlier than.</summary>
    public static bool operator <(Serial left, Serial right) => left.Value < right.Value;

    /// <summary>Later than.</summary>
    public static bool operator >(Serial left, Serial right) => left.Value > right.Value;

    /// <summary>Not later than.</summary>
    public static bool operator <=(Serial left, Serial right) => left.Value <= right.Value;

    /// <summary>Not earlier than.</summary>
    public static bool operator >=(Serial left, Serial right) => left.Value >= right.Value;

    /// <inheritdoc/>
    public override string ToString() => Value.ToString();
}
