namespace RaftActors.Core;

/// <summary>
/// The number of a write that Core asks for. <see cref="Input.Persisted"/> returns it, for that write and all before it.
/// </summary>
internal readonly record struct Ticket(long Value) : IComparable<Ticket>
{
    internal Ticket Next => new(Value + 1);

    public int CompareTo(Ticket other) => Value.CompareTo(other.Value);

    public static bool operator <(Ticket left, Ticket right) => left.Value < right.Value;

    public static bool operator >(Ticket left, Ticket right) => left.Value > right.Value;

    public static bool operator <=(Ticket left, Ticket right) => left.Value <= right.Value;

    public static bool operator >=(Ticket left, Ticket right) => left.Value >= right.Value;

    public override string ToString() => Value.ToString();
}
