namespace RaftActors.Core;

/// <summary>The role of a process in its term (Figure 4).</summary>
public enum RoleKind
{
    /// <summary>It follows a leader, or waits for one.</summary>
    Follower,

    /// <summary>It asks whether it could win before it raises its term (thesis §9.6).</summary>
    PreCandidate,

    /// <summary>It asks for votes.</summary>
    Candidate,

    /// <summary>It leads its term.</summary>
    Leader,
}

/// <summary>
/// A role and the state that belongs to it. Closed. Each change of role makes a new object, so no old state remains.
/// </summary>
internal abstract class Role
{
    private protected Role()
    {
    }

    /// <summary>The kind of role.</summary>
    public abstract RoleKind Kind { get; }
}
