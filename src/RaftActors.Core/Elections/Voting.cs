namespace RaftActors.Core;

/// <summary>Grants or refuses votes. The voter's own idea of its membership plays no part in the answer (thesis §4.2).</summary>
internal sealed class Voting(RaftState state, RoleChanges roles, Founding founding)
{
    private bool HearsLeader =>
        state.Role is LeaderRole
        || state.IsBound
        || (state.Role is FollowerRole { Leader: not null } && state.Now < state.Contact.StickyUntil);

    /// <summary>A candidate asks for a vote or a pre-vote.</summary>
    public void OnRequestVote(Peer peer, Envelope envelope, Message.RequestVote request)
    {
        peer.KeptRequest = null;
        if (envelope.Term < state.Term)
        {
            Refuse(envelope, request);
        }
        else if (!state.IsAdmitted)
        {
            peer.KeptRequest = envelope;
        }
        else if (HearsLeader && !request.IsTransfer)
        {
            // Its term does not count either. So a process that was cut off cannot depose a leader that the others hear (thesis §4.2.3).
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

    /// <summary>Answers the requests that could not be granted when they came.</summary>
    public void JudgeKeptRequests()
    {
        foreach (var peer in state.Roster.Peers)
        {
            if (peer.KeptRequest is { Body: Message.RequestVote request } envelope)
            {
                OnRequestVote(peer, envelope, request);
            }
        }
    }

    /// <summary>With leases: answers, when the promise ends, the requests that were refused for it.</summary>
    public void EndPromiseOnTick()
    {
        if (state.Options.Lease is not null && state.Now == state.Contact.StickyUntil)
        {
            JudgeKeptRequests();
        }
    }

    private void JudgePreVote(Envelope envelope, Message.RequestVote request)
    {
        var candidate = new Standing(request.Position, envelope.From.Name);
        var isGranted = envelope.Term > state.Term
            && HasOurLog(request)
            && !(Campaign.YieldsToBetter(state) && state.Standing.IsBetterThan(candidate))
            && !(state.IsFounding && founding.ShouldRefuse(candidate));
        if (!isGranted)
        {
            Refuse(envelope, request);
            return;
        }

        if (Campaign.YieldsToBetter(state))
        {
            roles.Become(new FollowerRole(null, default));
        }

        state.Send(envelope.From, new Message.RequestVoteReply(Granted: true, IsPreVote: true), envelope.Term);
    }

    private void JudgeVote(Envelope envelope, Message.RequestVote request)
    {
        var (dueAt, hasLed) = (state.Timer.DueAt, state.Role is LeaderRole);
        if (envelope.Term > state.Term)
        {
            roles.Follow(envelope.Term, null);
        }

        var isFree = state.HardState.VotedFor is null || state.HardState.VotedFor == envelope.From;
        if (!isFree || !HasOurLog(request))
        {
            // Only a granted vote puts off this process's own campaign (Figure 2). Otherwise a candidate whose log cannot win could keep
            // others from campaigning by asking again and again.
            state.Timer.Restore(hasLed ? state.Timer.DueAt : dueAt);
            Refuse(envelope, request);
            return;
        }

        Invariant.That(state.IsAdmitted && envelope.Term == state.Term, "an admitted process votes in its own term (§5.2)");
        if (state.HardState.VotedFor is null)
        {
            state.Durability.SetHardState(state.HardState with { VotedFor = envelope.From });
        }

        state.Timer.Reset();
        state.Send(envelope.From, new Message.RequestVoteReply(Granted: true, IsPreVote: false));
    }

    /// <summary>A vote goes only to a log that has everything that the voter's log has (§5.4.1).</summary>
    private bool HasOurLog(Message.RequestVote request)
    {
        if (request.Position.IsAtLeastAsUpToDateAs(state.Log.LastPosition))
        {
            return true;
        }

        state.Gate.ShorterLogRefusedAt = state.Now;
        return false;
    }

    private void Refuse(Envelope envelope, Message.RequestVote request) =>
        state.Send(envelope.From, new Message.RequestVoteReply(Granted: false, request.IsPreVote));
}
