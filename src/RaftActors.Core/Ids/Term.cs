namespace RaftActors.Core;

/// <summary>
/// A Raft term (§5.1), the logical clock of elections. Term 0 precedes the first election, and preloaded entries have it.
/// </summary>
internal readonly record struct Term(long Value) : IComparable<Term>
{
    public static Term Zero => new(0);

    public Term Next => new(Value + 1);

    public int CompareTo(Term other) => Value.CompareTo(other.Value);

    public static bool operator <(Term left, Term right) => left.Value < right.Value;

    public static bool operator >(Term left, Term right) => left.Value > right.Value;

    public static bool operator <=(Term left, Term right) => left.Value <= right.Value;

    public static bool operator >=(Term left, Term right) => left.Value >= right.Value;

    public override string ToString() => Value.ToString();
}
