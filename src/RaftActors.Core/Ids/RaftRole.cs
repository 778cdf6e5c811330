namespace RaftActors;

/// <summary>The role of a process in its term (Figure 4).</summary>
public enum RaftRole
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
