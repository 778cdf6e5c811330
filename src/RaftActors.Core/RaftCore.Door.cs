namespace RaftActors.Core;

/// <content>Who is talking, to whom, and may it: asked of every message before it is looked at.</content>
public sealed partial class RaftCore
{
    private void OnReceive(Envelope envelope)
    {
        if (PeerOf(envelope.From.Name) is not { } peer)
        {
            var detail = $"the roster of {Self.Name} does not name {envelope.From.Name}; make the rosters the same everywhere, and restart "
                + "the processes whose roster was wrong";
            RefuseRequest(envelope, RefusalReason.NotInRoster, detail);
            return;
        }

        if (envelope.To.Incarnation != Self.Incarnation && envelope.To.Incarnation != Incarnation.None)
        {
            // It means an earlier life of this process, whose promises are not ours. It learns so by our greeting.
            Greet(peer);
            return;
        }

        if (IsOfOtherGroup(envelope.Group))
        {
            // Not met: who bears the name in another group must not be taken for the one who bears it in ours.
            RefuseOtherGroup(envelope, envelope.Group);
            if (envelope.Body is Message.Refusal foreign)
            {
                Show(peer, envelope.From, foreign);
            }

            return;
        }

        Meet(peer, envelope);
        switch (envelope.Body)
        {
            case Message.Greeting greeting:
                OnGreeting(peer, envelope, greeting);
                break;
            case Message.RequestVote request:
                OnRequestVote(peer, envelope, request);
                break;
            case Message.RequestVoteReply reply:
                OnRequestVoteReply(envelope, reply);
                break;
            case Message.AppendEntries request:
                OnAppendEntries(peer, envelope, request);
                break;
            case Message.AppendEntriesReply reply:
                OnAppendEntriesReply(envelope, reply);
                break;
            case Message.ComparePrefix comparison:
                OnComparePrefix(peer, comparison);
                break;
            case Message.Refusal refusal:
                OnRefusal(peer, envelope.From, refusal);
                break;
        }
    }

    private bool IsOfOtherGroup(GroupUid group) =>
        group != GroupUid.None && _hardState.Group != GroupUid.None && group != _hardState.Group;

    private void RefuseOtherGroup(Envelope envelope, GroupUid group)
    {
        var detail = $"{Self.Name} belongs to group {_hardState.Group} and {envelope.From.Name} to {group}, so their names were founded "
            + "twice; decide which group is right, and restart the processes of the other one with empty stores";
        RefuseRequest(envelope, RefusalReason.OtherGroup, detail);
    }

    /// <summary>Says no to who asks for something. Nobody is told no to an answer: two who refuse one another would never end.</summary>
    private void RefuseRequest(Envelope envelope, RefusalReason reason, string detail)
    {
        if (envelope.Body is Message.Greeting or Message.RequestVote or Message.AppendEntries)
        {
            Send(envelope.From, new Message.Refusal(reason, Serial.Zero, detail));
        }
    }

    private void OnRefusal(Peer peer, Member from, Message.Refusal refusal)
    {
        if (refusal.Reason == RefusalReason.Diverged)
        {
            peer.PartsAt = refusal.Serial;
            if ((_role as LeaderRole)?.Of(from) is { } progress)
            {
                progress.HasRefused = true;
            }
        }

        Show(peer, from, refusal);
    }

    /// <summary>Shows a refusal to people, the same one only once.</summary>
    private void Show(Peer peer, Member by, Message.Refusal refusal)
    {
        if (peer.Shown.Add((refusal.Reason, refusal.Serial)))
        {
            _effects.Add(new Effect.Refused(by, refusal.Reason, refusal.Serial, refusal.Detail));
        }
    }
}
