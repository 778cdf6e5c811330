namespace RaftActors.Core;

/// <summary>The identity of a process in a group: its name and its incarnation. Never an address.</summary>
/// <remarks>
/// Copies share one object, because each entry of a log and each message hold members, and a reference takes a third of a name and an
/// incarnation.
/// </remarks>
internal readonly record struct Member : IComparable<Member>
{
    private static readonly Identity Nobody = new(default, default);

    private readonly Identity? _identity;

    /// <summary>Creates a member with its own object.</summary>
    public Member(ProcessName name, Incarnation incarnation) => _identity = new Identity(name, incarnation);

    /// <summary>The place of a process that was not met yet.</summary>
    internal static Member Absent(ProcessName name) => new(name, Incarnation.None);

    public ProcessName Name
    {
        get => Shared.Name;
        init => _identity = new Identity(value, Incarnation);
    }

    public Incarnation Incarnation
    {
        get => Shared.Incarnation;
        init => _identity = new Identity(Name, value);
    }

    private Identity Shared => _identity ?? Nobody;

    internal void Deconstruct(out ProcessName name, out Incarnation incarnation) => (name, incarnation) = (Name, Incarnation);

    public bool Equals(Member other) =>
        ReferenceEquals(_identity, other._identity)
        || (Shared.Hash == other.Shared.Hash && Incarnation == other.Incarnation && Name == other.Name);

    public override int GetHashCode() => Shared.Hash;

    public int CompareTo(Member other) =>
        (Name, Incarnation.Value).CompareTo((other.Name, other.Incarnation.Value));

    public override string ToString() => $"{Name}#{Incarnation}";

    private sealed class Identity(ProcessName name, Incarnation incarnation)
    {
        public ProcessName Name => name;

        public Incarnation Incarnation => incarnation;

        public int Hash { get; } = (name, incarnation).GetHashCode();
    }
}
