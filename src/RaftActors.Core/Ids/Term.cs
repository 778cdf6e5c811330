namespace RaftActors.Core;

/// <summary>
/// A Raft term (§5.1): the logical clock of elections. Term 0 precedes the first election; preloaded entries have it.
/// </summary>
internal readonly record struct Term(long Value) : IComparable<Term>
{
    /// <summary>The term before any election.</summary>
    public static Term Zero => new(0);

    /// <summary>The term in which the next candidate campaigns.</summary>
    public Term Next => new(Value + 1);

    /// <inheritdoc/>
    public int CompareTo(Term other) => Value.CompareTo(other.Value);

    /// <summary>Earlier than.</summary>
    public static bool operator <(Term left, Term right) => left.Value < right.Value;

    /// <summary>Later than.</summary>
    public static bool operator >(Term left, Term right) => left.Value > right.Value;

    /// <summary>Not later than.</summary>
    public static bool operator <=(Term left, Term right) => left.Value <= right.Value;

    /// <summary>Not earlier than.</summary>
    public static bool operator >=(Term left, Term right) => left.Value >= right.Value;

    /// <inheritdoc/>
    public override string ToString() => Value.ToString();
}
