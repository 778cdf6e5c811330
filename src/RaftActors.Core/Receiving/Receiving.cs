using System.Diagnostics;

namespace RaftActors.Core;

/// <summary>Where every message enters: decides whether its sender may be heard, then passes it to the rule for its type.</summary>
internal sealed class Receiving(RaftState state, Strangers strangers, Twins twins, Records records, Refusals refusals, Greetings greetings)
{
    /// <summary>Elections: <see cref="Voting"/> and <see cref="Campaign"/>.</summary>
    public required (Voting Voting, Campaign Campaign) Elections { get; init; }

    /// <summary>Entries and snapshots from a leader.</summary>
    public required (Following Following, SnapshotReceiving Snapshots) Followers { get; init; }

    /// <summary>Replies to this leader, and questions of its followers' reads.</summary>
    public required (Replies Replies, Reads Reads) Leaders { get; init; }

    /// <summary>Groups without work.</summary>
    public required Quiescence Quiescence { get; init; }

    /// <summary>Logs that differ where Raft demands the same.</summary>
    public required (Comparison Comparison, Verdicts Verdicts, Fencing Fencing) Divergence { get; init; }

    /// <summary>
    /// Whether the sender is the latest known start of a process that this one deals with. If not, the address that the message came from
    /// must not replace the known one. Changes nothing.
    /// </summary>
    public bool Trusts(Envelope envelope) =>
        (state.Roster.Of(envelope.From.Name) is { } peer
            ? !IsFromOldIncarnation(peer, envelope) && !twins.IsTwin(peer, envelope.From)
            : strangers.MayHear(envelope))
        && !state.IsOfOtherGroup(envelope.Group)
        && !records.IsFromOldStart(envelope);

    /// <summary>Receives a message.</summary>
    public void OnReceive(Envelope envelope)
    {
        if (strangers.SenderOf(envelope) is not { } peer)
        {
            refusals.RefuseStranger(envelope);
            return;
        }

        if (envelope.To.Incarnation != state.Self.Incarnation && envelope.To.Incarnation != Incarnation.None)
        {
            // Meant for an earlier incarnation, whose promises this one does not hold. The greeting tells the sender so.
            greetings.Greet(peer);
            return;
        }

        if (state.IsOfOtherGroup(envelope.Group))
        {
            // Not met: a process of another group must not be taken for the one of the same name in this group.
            refusals.RefuseOtherGroup(envelope, envelope.Group);
            if (envelope.Body is Message.Refusal foreign)
            {
                refusals.Show(peer, envelope.From, foreign);
            }

            return;
        }

        if (records.IsFromOldStart(envelope))
        {
            refusals.RefuseOldStart(envelope);
            return;
        }

        if (state.IsFenced)
        {
            refusals.RefuseAsFenced(envelope);
            return;
        }

        if (twins.IsTwin(peer, envelope.From))
        {
            twins.OnMessage(peer, envelope);
            return;
        }

        var isNewStart = records.Record(envelope);
        peer.Meet(envelope, isNewStart, state.Now);
        Dispatch(peer, envelope);
    }

    private void Dispatch(Peer peer, Envelope envelope)
    {
        switch (envelope.Body)
        {
            case Message.Greeting greeting:
                greetings.OnGreeting(peer, envelope, greeting);
                break;
            case Message.RequestVote request:
                Elections.Voting.OnRequestVote(peer, envelope, request);
                break;
            case Message.RequestVoteReply reply:
                Elections.Campaign.OnRequestVoteReply(envelope, reply);
                break;
            case Message.TimeoutNow:
                Elections.Campaign.OnTimeoutNow(envelope);
                break;
            case Message.AppendEntries request:
                Followers.Following.OnAppendEntries(peer, envelope, request);
                break;
            case Message.Quiesce question:
                Quiescence.OnQuiesce(envelope, question);
                break;
            case Message.QuiesceReply reply:
                Leaders.Replies.OnQuiesceReply(envelope, reply);
                break;
            case Message.SnapshotChunk chunk:
                Followers.Snapshots.OnSnapshotChunk(peer, envelope, chunk);
                break;
            case Message.AppendEntriesReply reply:
                Leaders.Replies.OnAppendEntriesReply(envelope, reply);
                break;
            case Message.SnapshotChunkReply reply:
                Leaders.Replies.OnSnapshotChunkReply(envelope, reply);
                break;
            case Message.ReadIndex question:
                Leaders.Reads.OnReadIndex(envelope, question.Id, mayUseLease: true);
                break;
            case Message.ReadRound question:
                Leaders.Reads.OnReadIndex(envelope, question.Id, mayUseLease: false);
                break;
            case Message.ReadIndexReply reply:
                Leaders.Reads.OnReadIndexReply(envelope, reply);
                break;
            case Message.ComparePrefix comparison:
                Divergence.Comparison.OnComparePrefix(peer, envelope.Term, comparison);
                Divergence.Verdicts.OnCompared(envelope, comparison.Mine);
                break;
            case Message.Refusal refusal:
                OnRefusal(peer, envelope, refusal);
                break;
            default:
                throw new UnreachableException();
        }
    }

    private void OnRefusal(Peer peer, Envelope envelope, Message.Refusal refusal)
    {
        if (refusal.Reason == RefusalReason.RestoredDisk)
        {
            Divergence.Fencing.OnRestoredDisk(refusal);
            return;
        }

        refusals.Show(peer, envelope.From, refusal);
        switch (refusal.Reason)
        {
            case RefusalReason.Removed:
                Elections.Campaign.OnToldRemoved();
                break;
            case RefusalReason.Diverged:
                Divergence.Verdicts.OnDiverged(peer, envelope, refusal);
                break;
            case RefusalReason.Outvoted:
                Divergence.Verdicts.OnOutvoted(peer, refusal);
                break;
        }
    }

    /// <summary>
    /// The start was recorded before, and is of another incarnation than the one that sent the last message: the message was delayed.
    /// </summary>
    private bool IsFromOldIncarnation(Peer peer, Envelope envelope) =>
        peer.Current != Incarnation.None
        && peer.Current != envelope.From.Incarnation
        && records.LatestBootOf(envelope.From) is { } boot
        && boot.Number >= envelope.Boot.Number;
}
