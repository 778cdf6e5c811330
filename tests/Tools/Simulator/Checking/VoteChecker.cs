using RaftActors.Core;

namespace RaftActors.Simulator;

/// <summary>
/// A process votes once in a term, and its vote is on its disk before it is sent (Figure 2). A candidate has voted for itself. No
/// process sends in a term that is not on its disk.
/// </summary>
internal sealed class VoteChecker(Entitlement entitlement)
{
    private readonly Dictionary<(Member Voter, Term Term), Member> _votes = [];

    public void OnSend(SimulatedProcess process, Envelope envelope)
    {
        switch (envelope.Body)
        {
            case Message.RequestVoteReply { Granted: true, IsPreVote: false }:
                Check(process, envelope.Term, envelope.To);
                break;
            case Message.RequestVote { IsPreVote: false }:
                Check(process, envelope.Term, process.Member);
                break;
            case Message.RequestVote or Message.RequestVoteReply:
                break;
            default:
                if (envelope.Term > process.Disk.HardState.Term)
                {
                    throw new Violation("vote", $"{process.Member} sends in term {envelope.Term}, which is not on its disk");
                }

                break;
        }
    }

    public bool HasVoted(Member voter, Term term, Member candidate) => _votes.TryGetValue((voter, term), out var vote) && vote == candidate;

    private void Check(SimulatedProcess process, Term term, Member candidate)
    {
        var voter = process.Member;
        if (!_votes.TryAdd((voter, term), candidate) && _votes[(voter, term)] != candidate)
        {
            throw new Violation("vote", $"{voter} voted for {_votes[(voter, term)]} and for {candidate} in term {term}");
        }

        if (!entitlement.Has(voter))
        {
            throw new Violation("vote", $"{voter} votes, but another incarnation of its name may have voted");
        }

        var durable = process.Disk.HardState;
        if (durable.Term < term || (durable.Term == term && durable.VotedFor != candidate))
        {
            throw new Violation("vote", $"{voter} sent its vote of term {term} for {candidate}, which is not on its disk");
        }
    }
}
