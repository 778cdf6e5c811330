namespace RaftActors.Core;

/// <content>This process asks for votes (§5.2), after it has asked whether that makes sense (thesis §9.6).</content>
public sealed partial class RaftCore
{
    private long _electionAt;

    private void ResetElectionTimer() =>
        _electionAt = _now + _prng.Between(Options.ElectionTimeoutMinTicks, Options.ElectionTimeoutMaxTicks);

    private void OnElectionTimeout()
    {
        ResetElectionTimer();
        if (_role is FollowerRole { Leader: not null })
        {
            _role = new FollowerRole(null, default);
        }

        if (MayCampaign && (!IsFounding || MayFoundOnTimeout))
        {
            StartPreVote();
        }
    }

    /// <summary>
    /// Whether it makes sense to ask for votes: they would be counted for a voter only. Where a group is known to exist, somebody without
    /// its configuration waits to be taken in.
    /// </summary>
    private bool MayCampaign => IsAdmitted && Configuration.IsVoter(Self) && (IsFounding || !_configurations.IsEmpty);

    /// <summary>
    /// The leader's connection closed: campaign early, in turns, and judge again what was refused for the leader's sake.
    /// </summary>
    private void OnPeerUnreachable(ProcessName name)
    {
        if (PeerOf(name) is not { } peer)
        {
            return;
        }

        peer.Lose();
        if (_role is FollowerRole { Leader: { } leader } && leader.Name == name)
        {
            // Stickiness is a courtesy to a living leader and no promise on which anything is built, so this voter may end it: it saw
            // for itself that the leader is gone.
            _stickyUntil = _now;
            _electionAt = Math.Min(_electionAt, _now + (RankWithout(leader) * Options.HintStaggerTicks));
            JudgeKeptRequests();
            ElectIfDue();
        }

        _mayFoundAtOnce |= _isFoundingDue;
        ConsiderFounding();
    }

    private int RankWithout(Member leader) => Configuration.Electorate().Count(voter => voter != leader && voter.CompareTo(Self) < 0);

    private void StartPreVote()
    {
        var candidacy = new PreCandidateRole();
        _role = candidacy;
        ResetElectionTimer();
        candidacy.Ballot.Record(Self, granted: true);
        AskForVotes(new Message.RequestVote(_log.LastPosition, IsPreVote: true), Term.Next);
        CountVotes();
    }

    private void StartElection()
    {
        Keep(_hardState with { Term = Term.Next, VotedFor = Self });
        _role = new CandidateRole(ownVote: _hardStateTicket);
        ResetElectionTimer();
        AskForVotes(new Message.RequestVote(_log.LastPosition, IsPreVote: false), Term);
    }

    private void AskForVotes(Message.RequestVote request, Term term)
    {
        foreach (var voter in Configuration.Electorate())
        {
            if (voter != Self && voter.Incarnation != Incarnation.None)
            {
                Send(voter, request, term);
            }
        }
    }

    private void OnRequestVoteReply(Envelope envelope, Message.RequestVoteReply reply)
    {
        var isPreVoteGrant = reply is { IsPreVote: true, Granted: true };
        if (!isPreVoteGrant && envelope.Term > Term)
        {
            Follow(envelope.Term, null);
            return;
        }

        switch (_role)
        {
            case PreCandidateRole candidacy when reply.IsPreVote && (!reply.Granted || envelope.Term == Term.Next):
                candidacy.Ballot.Record(envelope.From, reply.Granted);
                CountVotes();
                break;
            case CandidateRole candidacy when !reply.IsPreVote && envelope.Term == Term:
                candidacy.Ballot.Record(envelope.From, reply.Granted);
                CountVotes();
                break;
        }
    }

    private void CountVotes()
    {
        switch (_role)
        {
            case PreCandidateRole candidacy when candidacy.Ballot.Result(Configuration) == VoteResult.Won:
                StartElection();
                break;
            case CandidateRole candidacy when candidacy.Ballot.Result(Configuration) == VoteResult.Won:
                StartLeading();
                break;
        }
    }
}
