namespace RaftActors.Core;

/// <content>This process asks for votes (§5.2), after it has asked whether that makes sense (thesis §9.6).</content>
public sealed partial class RaftCore
{
    private long _electionAt;

    /// <summary>How often this process has asked around since a leader was heard.</summary>
    private int _candidacies;

    /// <summary>The election timeout is over, and nothing could be sent.</summary>
    private bool _isElectionPutOff;

    /// <summary>The votes that this process asked for in its term, as long as nobody was elected in it as far as is known.</summary>
    private CandidateRole? Candidacy => _role as CandidateRole ?? (_role as PreCandidateRole)?.Unfinished;

    /// <summary>
    /// Of two who ask at the same time the better goes first, so that they do not split the votes. Only while it asks for the first time:
    /// somebody better may hear too few to win, and must not stand in the way of one who hears them all.
    /// </summary>
    private bool RanksMatter => _role is PreCandidateRole && _candidacies == 1;

    private void ResetElectionTimer() =>
        _electionAt = _now + DiskPatience + _prng.Between(Options.ElectionTimeoutMinTicks, Options.ElectionTimeoutMaxTicks);

    private void OnElectionTimeout()
    {
        ResetElectionTimer();
        if (_role is FollowerRole { Leader: not null })
        {
            Become(new FollowerRole(null, default));
        }

        _isElectionPutOff = _hardStateTicket > _durableTicket;
        if (MayAsk && !IsBound && !_isElectionPutOff && (!IsFounding || MayFoundOnTimeout))
        {
            AskAround();
        }
    }

    /// <summary>What was to be written before anything is sent may be durable now. As long again it waits for who was voted for.</summary>
    private void EndPuttingOff()
    {
        if (_isElectionPutOff && _hardStateTicket <= _durableTicket)
        {
            _isElectionPutOff = false;
            ResetElectionTimer();
        }
    }

    /// <summary>
    /// Whether it makes sense to ask for votes: they would be counted for a voter only. Where a group is known to exist, somebody without
    /// its configuration waits to be taken in. And who cannot write down its own vote would hold everybody up.
    /// </summary>
    private bool MayAsk =>
        IsAdmitted
        && !IsFenced
        && !IsDiskStalled
        && IsNeededAsLeader
        && !IsToldRemoved
        && !IsRefused
        && (IsFounding || !_configurations.IsEmpty);

    /// <summary>
    /// The leader's connection closed: campaign early, in turns, and judge again what was refused for the leader's sake.
    /// </summary>
    private void OnPeerUnreachable(ProcessName name)
    {
        if (IsFenced || PeerOf(name) is not { } peer)
        {
            return;
        }

        peer.Lose();
        if (_role is FollowerRole { Leader: { } leader } && leader.Name == name)
        {
            if (Options.Lease is null)
            {
                // Stickiness is a courtesy to a living leader and no promise on which anything is built, so this voter may end it: it saw
                // for itself that the leader is gone. With leases it is a promise, and only time ends it.
                _stickyUntil = _now;
            }

            _electionAt = Math.Min(_electionAt, Math.Max(_now, _stickyUntil) + (RankWithout(leader) * Options.HintStaggerTicks));
            if (!IsBound)
            {
                JudgeKeptRequests();
            }

            ElectIfDue();
        }

        _mayFoundAtOnce |= _isFoundingDue;
    }

    private int RankWithout(Member leader) => Configuration.Electorate().Count(voter => voter != leader && voter.CompareTo(Self) < 0);

    /// <summary>Nobody raises its term before it knows that it could win (thesis §9.6).</summary>
    private void AskAround()
    {
        if (Options.Variations.PreVote)
        {
            StartPreVote();
        }
        else
        {
            StartElection(isTransfer: false);
        }
    }

    private void StartPreVote()
    {
        _candidacies++;
        // As long as the term is the same, a vote in it is good however late it comes (§5.2): no other process can have it.
        var candidacy = new PreCandidateRole(Candidacy);
        Become(candidacy);
        ResetElectionTimer();
        candidacy.Ballot.Record(Self, granted: true);
        AskForVotes(new Message.RequestVote(_log.LastPosition, IsPreVote: true), Term.Next);
    }

    private void StartElection(bool isTransfer)
    {
        Keep(_hardState with { Term = Term.Next, VotedFor = Self });
        Become(new CandidateRole(ownVote: _hardStateTicket));
        ResetElectionTimer();
        AskForVotes(new Message.RequestVote(_log.LastPosition, IsPreVote: false, isTransfer), Term);
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
                break;
            default:
                if (Candidacy is { } asked && !reply.IsPreVote && envelope.Term == Term)
                {
                    asked.Ballot.Record(envelope.From, reply.Granted);
                }

                break;
        }
    }

    private void CountVotes()
    {
        if (Candidacy is { } candidacy && candidacy.Ballot.Result(Configuration) == VoteResult.Won)
        {
            StartLeading(candidacy);
        }
        else if (_role is PreCandidateRole asking && asking.Ballot.Result(Configuration) == VoteResult.Won)
        {
            StartElection(isTransfer: false);
        }
    }
}
