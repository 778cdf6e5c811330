namespace RaftActors.Core;

/// <summary>A process that asks whether it could win the next term; it has not changed its own (thesis §9.6).</summary>
/// <param name="unfinished">It asked for votes in its term before, and has not had enough of them yet.</param>
internal sealed class PreCandidateRole(CandidateRole? unfinished) : Role
{
    /// <inheritdoc/>
    public override RoleKind Kind => RoleKind.PreCandidate;

    /// <summary>What was answered so far.</summary>
    public Ballot Ballot { get; } = new();

    /// <summary>It asked for votes in its term before, and has not had enough of them yet.</summary>
    public CandidateRole? Unfinished => unfinished;
}

/// <summary>A process that asks for votes in its term.</summary>
/// <param name="ownVote">The write that makes its vote for itself durable; it counts no earlier.</param>
internal sealed class CandidateRole(Ticket ownVote) : Role
{
    /// <inheritdoc/>
    public override RoleKind Kind => RoleKind.Candidate;

    /// <summary>The write that makes its vote for itself durable.</summary>
    public Ticket OwnVote => ownVote;

    /// <summary>What was answered so far.</summary>
    public Ballot Ballot { get; } = new();
}
