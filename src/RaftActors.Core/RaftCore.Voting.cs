namespace RaftActors.Core;

/// <content>Others ask this process for its vote. Its own idea of who votes plays no part in the answer (thesis §4.2).</content>
public sealed partial class RaftCore
{
    /// <summary>Until this tick no vote is given against the leader that was heard (thesis §4.2.3).</summary>
    private long _stickyUntil;

    private bool HearsLeader => _role is LeaderRole || (_role is FollowerRole { Leader: not null } && _now < _stickyUntil);

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
        else if (HearsLeader)
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
            && request.Position.IsAtLeastAsUpToDateAs(_log.LastPosition)
            && !(_role is PreCandidateRole && OwnStanding.IsBetterThan(candidate))
            && !(IsFounding && ShouldFoundRatherThan(candidate));
        if (!isGranted)
        {
            Refuse(envelope, request);
            return;
        }

        if (_role is PreCandidateRole)
        {
            // Of two who would like to, the better goes first.
            _role = new FollowerRole(null, default);
            ResetElectionTimer();
        }

        Send(envelope.From, new Message.RequestVoteReply(Granted: true, IsPreVote: true), envelope.Term);
    }

    private void JudgeVote(Envelope envelope, Message.RequestVote request)
    {
        if (envelope.Term > Term)
        {
            Follow(envelope.Term, null);
        }

        var isFree = _hardState.VotedFor is null || _hardState.VotedFor == envelope.From;
        if (!isFree || !request.Position.IsAtLeastAsUpToDateAs(_log.LastPosition))
        {
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
