namespace RaftActors.Core;

/// <content>Others ask this process for its vote. Its own idea of who votes plays no part in the answer (thesis §4.2).</content>
public sealed partial class RaftCore
{
    /// <summary>Until this tick no vote is given against the leader that was heard (thesis §4.2.3).</summary>
    private long _stickyUntil;

    /// <summary>When somebody who counts on our vote was last refused for having less of the log; long ago at first.</summary>
    private long _stoodInTheWayAt = long.MinValue / 2;

    private bool HearsLeader =>
        _role is LeaderRole || IsBound || (_role is FollowerRole { Leader: not null } && _now < _stickyUntil);

    private void OnRequestVote(Peer peer, Envelope envelope, Message.RequestVote request)
    {
        peer.KeptRequest = null;
        if (envelope.Term < Term)
        {
            Refuse(envelope, request);
        }
        else if (!IsAdmitted)
        {
            peer.KeptRequest = envelope;
        }
        else if (HearsLeader && !request.IsTransfer)
        {
            // Nothing of it counts, its term neither: that is what keeps one who was cut off from unseating a leader that everybody else
            // hears.
            peer.KeptRequest = envelope;
            Refuse(envelope, request);
        }
        else if (request.IsPreVote)
        {
            JudgePreVote(envelope, request);
        }
        else
        {
            JudgeVote(envelope, request);
        }
    }

    private void JudgePreVote(Envelope envelope, Message.RequestVote request)
    {
        var candidate = new Standing(request.Position, envelope.From.Name);
        var isGranted = envelope.Term > Term
            && HasOurLog(request)
            && !(RanksMatter && OwnStanding.IsBetterThan(candidate))
            && !(IsFounding && ShouldFoundRatherThan(candidate));
        if (!isGranted)
        {
            Refuse(envelope, request);
            return;
        }

        if (RanksMatter)
        {
            Become(new FollowerRole(null, default));
            ResetElectionTimer();
        }

        Send(envelope.From, new Message.RequestVoteReply(Granted: true, IsPreVote: true), envelope.Term);
    }

    private void JudgeVote(Envelope envelope, Message.RequestVote request)
    {
        var (due, hasLed) = (_electionAt, _role is LeaderRole);
        if (envelope.Term > Term)
        {
            Follow(envelope.Term, null);
        }

        var isFree = _hardState.VotedFor is null || _hardState.VotedFor == envelope.From;
        if (!isFree || !HasOurLog(request))
        {
            // Only a vote that is given puts off our own campaign (Figure 2): one who asks again and again, with a log that cannot win,
            // must not keep another from asking who can.
            _electionAt = hasLed ? _electionAt : due;
            Refuse(envelope, request);
            return;
        }

        if (_hardState.VotedFor is null)
        {
            Keep(_hardState with { VotedFor = envelope.From });
        }

        ResetElectionTimer();
        Send(envelope.From, new Message.RequestVoteReply(Granted: true, IsPreVote: false));
    }

    /// <summary>A vote is given only to a log that has everything that ours has (§5.4.1).</summary>
    private bool HasOurLog(Message.RequestVote request)
    {
        if (request.Position.IsAtLeastAsUpToDateAs(_log.LastPosition))
        {
            return true;
        }

        _stoodInTheWayAt = _now;
        return false;
    }

    private void Refuse(Envelope envelope, Message.RequestVote request) =>
        Send(envelope.From, new Message.RequestVoteReply(Granted: false, request.IsPreVote));

    private void JudgeKeptRequests()
    {
        foreach (var peer in _peers)
        {
            if (peer.KeptRequest is { Body: Message.RequestVote request } envelope)
            {
                OnRequestVote(peer, envelope, request);
            }
        }
    }
}
