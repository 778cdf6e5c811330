namespace RaftActors.Core;

/// <summary>The identity of a process in a group: its name and its incarnation. Never an address.</summary>
public readonly record struct Member(ProcessName Name, Incarnation Incarnation) : IComparable<Member>
{
    /// <inheritdoc/>
    public int CompareTo(Member other) =>
        Name.CompareTo(other.Name) is var byName and not 0 ? byName : Incarnation.CompareTo(other.Incarnation);

    /// <inheritdoc/>
    public override string ToString() => $"{Name}#{Incarnation}";
}
