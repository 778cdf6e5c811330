namespace RaftActors.Core;

/// <content>Who is talking, to whom, and may it: asked of every message before it is looked at.</content>
public sealed partial class RaftCore
{
    private void OnReceive(Envelope envelope)
    {
        if (SenderOf(envelope) is not { } peer)
        {
            RefuseStranger(envelope);
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

        if (IsFromOldStart(envelope))
        {
            RefuseOldStart(envelope);
            return;
        }

        if (IsFenced)
        {
            RefuseAsFenced(envelope);
            return;
        }

        var isNewStart = Record(envelope);
        peer.Meet(envelope, isNewStart, _now);
        TakeIn(peer, envelope);
    }

    /// <summary>
    /// Whether the sender is the latest known start of a process that this one deals with. If not, the address that the message came from
    /// must not replace the one that is known. Changes nothing.
    /// </summary>
    public bool Trusts(Envelope envelope) =>
        (PeerOf(envelope.From.Name) is { } peer ? !IsFromOldLife(peer, envelope) : MayHear(envelope))
        && !IsOfOtherGroup(envelope.Group)
        && !IsFromOldStart(envelope);

    // A start that was recorded before, of another incarnation than the one that spoke last: the message was delayed.
    private bool IsFromOldLife(Peer peer, Envelope envelope) =>
        peer.Current != Incarnation.None
        && peer.Current != envelope.From.Incarnation
        && LatestBootOf(envelope.From) is { } boot
        && boot.Number >= envelope.Boot.Number;

    private void TakeIn(Peer peer, Envelope envelope)
    {
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
            case Message.TimeoutNow:
                OnTimeoutNow(envelope);
                break;
            case Message.ReadIndex question:
                OnReadIndex(envelope, question);
                break;
            case Message.ReadIndexReply reply:
                OnReadIndexReply(envelope, reply);
                break;
            case Message.SnapshotChunk chunk:
                OnSnapshotChunk(peer, envelope, chunk);
                break;
            case Message.SnapshotChunkReply reply:
                OnSnapshotChunkReply(envelope, reply);
                break;
            case Message.ComparePrefix comparison:
                OnComparePrefix(peer, envelope.Term, comparison);
                NoteDivergenceAtBase(envelope, comparison.Mine);
                break;
            case Message.Refusal refusal:
                OnRefusal(peer, envelope, refusal);
                break;
        }
    }

    /// <summary>Whatever it says, even if only answers: it may have nothing to ask, and must learn that nobody counts it.</summary>
    private void RefuseOldStart(Envelope envelope)
    {
        if (envelope.Body is not Message.Refusal)
        {
            var detail = $"{Self.Name} has heard of a later start of {envelope.From.Name} than this one, so if it runs, its store is an "
                + "old copy, which has forgotten what was promised since";
            Send(envelope.From, new Message.Refusal(RefusalReason.RestoredDisk, Serial.Zero, envelope.Boot, detail));
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
        if (IsRequest(envelope.Body))
        {
            Send(envelope.From, new Message.Refusal(reason, Serial.Zero, envelope.Boot, detail));
        }
    }

    private static bool IsRequest(Message body) =>
        body is Message.Greeting or Message.RequestVote or Message.AppendEntries or Message.SnapshotChunk;

    private void OnRefusal(Peer peer, Envelope envelope, Message.Refusal refusal)
    {
        if (refusal.Reason == RefusalReason.RestoredDisk)
        {
            OnRestoredDisk(refusal);
            return;
        }

        Show(peer, envelope.From, refusal);
        switch (refusal.Reason)
        {
            case RefusalReason.Removed:
                OnToldRemoved();
                break;
            case RefusalReason.Diverged:
                OnDiverged(peer, envelope, refusal);
                break;
            case RefusalReason.Outvoted:
                OnOutvoted(peer, refusal);
                break;
        }
    }

    /// <summary>Meant is only who still runs as it did then: a message that an earlier start left behind shuts nobody out.</summary>
    private void OnRestoredDisk(Message.Refusal refusal)
    {
        if (refusal.Boot == _hardState.Boot)
        {
            FenceSelf(new Fence(RefusalReason.RestoredDisk, Serial.Zero));
        }
    }

    /// <summary>
    /// Shows a refusal to people, the same one only once. Who was taken in again may be removed again, which is not the same.
    /// </summary>
    private void Show(Peer peer, Member by, Message.Refusal refusal)
    {
        var under = refusal.Reason == RefusalReason.Removed ? _configurations.LatestIndex : LogIndex.Zero;
        if (peer.Shown.Add((refusal.Reason, refusal.Serial, under)))
        {
            _effects.Add(new Effect.Refused(by, refusal.Reason, refusal.Serial, refusal.Detail));
        }
    }
}
