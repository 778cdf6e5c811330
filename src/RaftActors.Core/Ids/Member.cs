namespace RaftActors.Core;

/// <summary>
/// The identity of one store: minted when a store is found empty, and kept in it. A process that lost its disk restarts under the
/// same name with another incarnation, so no process takes it for the one that voted before.
/// </summary>
public readonly record struct Incarnation(Guid Value) : IComparable<Incarnation>
{
    /// <summary>Unknown: the process was absent when the configuration was made.</summary>
    public static Incarnation None => default;

    /// <inheritdoc/>
    public int CompareTo(Incarnation other) => Value.CompareTo(other.Value);

    /// <inheritdoc/>
    public override string ToString() => Value == Guid.Empty ? "?" : Value.ToString("N")[..8];
}

/// <summary>The identity of a process in a group: its name and its incarnation. Never an address.</summary>
public readonly record struct Member(ProcessName Name, Incarnation Incarnation) : IComparable<Member>
{
    /// <inheritdoc/>
    public int CompareTo(Member other) =>
        Name.CompareTo(other.Name) is var byName and not 0 ? byName : Incarnation.CompareTo(other.Incarnation);

    /// <inheritdoc/>
    public override string ToString() => $"{Name}#{Incarnation}";
}
