namespace RaftActors;

/// <summary>
/// The identity of one store: minted when a store is found empty, and kept in it. A process that lost its disk restarts under the
/// same name with another incarnation, so no process takes it for the one that voted before.
/// </summary>
public readonly record struct Incarnation : IComparable<Incarnation>
{
    /// <param name="value">The identity, which only a test chooses.</param>
    public Incarnation(Guid value) => Value = value;

    /// <summary>The identity as it is stored.</summary>
    public Guid Value { get; }

    /// <summary>Unknown: the process was absent when the configuration was made.</summary>
    internal static Incarnation None => default;

    int IComparable<Incarnation>.CompareTo(Incarnation other) => Value.CompareTo(other.Value);

    /// <inheritdoc/>
    public override string ToString() => Value == Guid.Empty ? "?" : Value.ToString("N")[..8];
}
