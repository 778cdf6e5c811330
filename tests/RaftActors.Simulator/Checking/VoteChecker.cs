using RaftActors.Core;

namespace RaftActors.Simulator;

/// <summary>
/// One vote in a term, and never spoken before it is on that disk (Figure 2). Who stands for election has voted for itself. Nobody speaks
/// in a term that its disk would not remember.
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
                    throw new Violation("vote", $"{process.Member} speaks in term {envelope.Term}, which is not on its disk");
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
            throw new Violation("vote", $"{voter} votes, and its name may have voted before");
        }

        var durable = process.Disk.HardState;
        if (durable.Term < term || (durable.Term == term && durable.VotedFor != candidate))
        {
            throw new Violation("vote", $"{voter} spoke its vote of term {term} for {candidate}, and it is not on its disk");
        }
    }
}
