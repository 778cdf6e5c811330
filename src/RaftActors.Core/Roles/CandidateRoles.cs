namespace RaftActors.Core;

/// <summary>A process that asks whether it could win the next term; its own term stays the same (thesis §9.6).</summary>
/// <param name="unfinished">Its campaign in the current term, which can still be won; null if there is none.</param>
internal sealed class PreCandidateRole(CandidateRole? unfinished) : Role
{
    /// <inheritdoc/>
    public override RaftRole Kind => RaftRole.PreCandidate;

    /// <summary>The answers so far.</summary>
    public Ballot Ballot { get; } = new();

    /// <summary>Its campaign in the current term, which can still be won; null if there is none.</summary>
    public CandidateRole? Unfinished => unfinished;
}

/// <summary>A process that asks for votes in its term.</summary>
/// <param name="ownVote">The write that makes its own vote durable; the vote counts only then.</param>
internal sealed class CandidateRole(Ticket ownVote) : Role
{
    /// <inheritdoc/>
    public override RaftRole Kind => RaftRole.Candidate;

    /// <summary>The write that makes its own vote durable.</summary>
    public Ticket OwnVote => ownVote;

    /// <summary>The answers so far.</summary>
    public Ballot Ballot { get; } = new();
}
