namespace RaftActors.Core;

/// <summary>What a process is in its term (Figure 4).</summary>
public enum RoleKind
{
    /// <summary>It follows a leader, or waits for one.</summary>
    Follower,

    /// <summary>It asks whether it could win before it disturbs anybody (thesis §9.6).</summary>
    PreCandidate,

    /// <summary>It asks for votes.</summary>
    Candidate,

    /// <summary>It leads its term.</summary>
    Leader,
}

/// <summary>
/// A role and what a process knows only while it has it. Closed; a change of role is a new object, so nothing old is left over.
/// </summary>
internal abstract class Role
{
    private protected Role()
    {
    }

    /// <summary>Which one.</summary>
    public abstract RoleKind Kind { get; }
}
