namespace RaftActors.Core;

/// <summary>
/// What a leader believes about one other log. It <em>probes</em>, one message at a time, until it knows where the two logs agree; then it
/// <em>replicates</em>, sending without waiting for answers as much as the window takes, until an answer or a silence tells it otherwise.
/// Who needs what the leader has discarded is sent a snapshot.
/// </summary>
internal sealed class Progress(Member member, LogIndex next, long now)
{
    private readonly SendWindow _window = new();

    /// <summary>The latest start of it whose log was compared with ours, or is being compared. Invariant: it never goes back.</summary>
    private Boot _compared;

    /// <summary>Whose log.</summary>
    public Member Member { get; } = member;

    /// <summary>What may be sent.</summary>
    public ProgressState State { get; private set; } = ProgressState.Probing;

    /// <summary>
    /// Up to here the other log agrees with ours, durably. Invariant: it never goes back, and stays below <see cref="Next"/>.
    /// </summary>
    public LogIndex Match { get; private set; }

    /// <summary>The latest start of it that acknowledged something. Invariant: it never goes back; answers can arrive late.</summary>
    public Boot Boot { get; private set; }

    /// <summary>The first entry to send next. Invariant: the log holds the position before it.</summary>
    public LogIndex Next { get; private set; } = next;

    /// <summary>The snapshot that is being sent. Invariant: not null exactly in <see cref="ProgressState.SendingSnapshot"/>.</summary>
    public OutgoingSnapshot? Outgoing { get; private set; }

    /// <summary>
    /// The log after this is kept for it: while a snapshot is on its way what follows the snapshot, and afterwards what follows
    /// <see cref="Match"/>, until it has all that the log held when the snapshot was installed. Otherwise, under load, the end of one
    /// transfer would be the beginning of the next.
    /// </summary>
    public LogIndex? KeepsLogAfter => Outgoing is { } outgoing ? outgoing.Snapshot.Position.Index : Match < CatchesUpTo ? Match : null;

    /// <summary>It has said that it may vote, so what it has on disk counts.</summary>
    public bool IsAdmitted { get; set; }

    /// <summary>
    /// Where its log differed from ours, though it must not, when it said so last. Invariant: known if it is
    /// <see cref="ProgressState.Refused"/>; it stays known when the logs are compared anew.
    /// </summary>
    public Divergence? Divergence { get; private set; }

    /// <summary>The latest round of reads that it answered.</summary>
    public long Round { get; set; }

    /// <summary>How much rather than others it should lead (<see cref="CoreOptions.Priority"/>), as it said last.</summary>
    public int Priority { get; set; }

    /// <summary>The tick from which on it was heard and kept up without a break; null if it does not.</summary>
    public long? KeepsUpSince { get; private set; }

    /// <summary>The highest commit index that it was told.</summary>
    public LogIndex SentCommit { get; private set; }

    /// <summary>The latest round of reads that it was asked to confirm.</summary>
    public long SentRound { get; set; }

    /// <summary>The tick of its last answer; that of the election at first.</summary>
    public long RepliedAt { get; set; } = now;

    /// <summary>Notes, at the pace of heartbeats, whether it is heard and keeps up.</summary>
    public void Watch(bool keepsUp, long now) => KeepsUpSince = keepsUp ? KeepsUpSince ?? now : null;

    private LogIndex CatchesUpTo { get; set; }

    /// <summary>Whether a message with entries may go now.</summary>
    public bool TakesEntries(CoreOptions options) =>
        State == ProgressState.Probing
        || (State == ProgressState.Replicating && _window.Count < options.MaxInflightMessages && _window.Size < options.MaxInflightBytes);

    /// <summary>Entries up to <paramref name="last"/>, of that size, were sent, with that commit index.</summary>
    public void Sent(LogIndex last, long size, LogIndex commit)
    {
        SentCommit = commit;
        if (State == ProgressState.Probing)
        {
            State = ProgressState.Asked;
        }
        else if (State == ProgressState.Replicating && last >= Next)
        {
            Next = last.Next;
            _window.Add(last, size);
        }
    }

    /// <summary>A start of it has acknowledged something.</summary>
    public void Acknowledged(Boot boot) => Boot = boot.Number > Boot.Number ? boot : Boot;

    /// <summary>The other log agrees up to there; ours begins after <paramref name="start"/> and ends at <paramref name="last"/>.</summary>
    public void Accept(LogIndex match, LogIndex start, LogIndex last)
    {
        Match = match > Match ? match : Match;
        switch (State)
        {
            case ProgressState.Refused:
            case ProgressState.SendingSnapshot when Match < start:
                return;
            case ProgressState.SendingSnapshot:
                (Outgoing, CatchesUpTo, Next) = (null, last, Match.Next);
                Replicate();
                break;
            case ProgressState.Replicating:
                _window.FreeTo(match);
                break;
            default:
                Replicate();
                break;
        }

        Next = Match < Next ? Next : Match.Next;
    }

    /// <summary>
    /// The other log does not have the entry before those that were sent; the two may agree at <paramref name="hint"/>. False if that is
    /// old news: an answer that was overtaken, or one of several to messages that were under way together.
    /// </summary>
    public bool Reject(LogIndex hint)
    {
        var next = (hint < Match ? Match : hint).Next;
        if (next >= Next || State is ProgressState.SendingSnapshot or ProgressState.Refused)
        {
            return false;
        }

        Next = next;
        State = ProgressState.Probing;
        return true;
    }

    /// <summary>
    /// Messages may have been lost: find out again where the logs agree, from what is known for certain. Our log begins after
    /// <paramref name="start"/>.
    /// </summary>
    public void ProbeAgain(LogIndex start)
    {
        if (State is not (ProgressState.SendingSnapshot or ProgressState.Refused))
        {
            Next = (Match < start ? start : Match).Next;
            State = ProgressState.Probing;
        }
    }

    /// <summary>It needs what our log does not have any more.</summary>
    public OutgoingSnapshot StartSnapshot(Snapshot snapshot, long now)
    {
        State = ProgressState.SendingSnapshot;
        return Outgoing = new OutgoingSnapshot(snapshot, now);
    }

    /// <summary>
    /// It was not heard, or took nothing of a snapshot, for so long that nothing is kept for it any more; then everything begins anew.
    /// </summary>
    public void GiveUp(LogIndex start)
    {
        (Outgoing, CatchesUpTo) = (null, default);
        State = State == ProgressState.Refused ? State : ProgressState.Probing;
        ProbeAgain(start);
    }

    /// <summary>
    /// That start of it will not have our log, which differs from its own there: nothing is sent any more. False if a later start has been
    /// heard, whose log may differ elsewhere or nowhere.
    /// </summary>
    public bool Refuse(Divergence divergence, Boot boot)
    {
        if (boot.Number < _compared.Number)
        {
            return false;
        }

        (State, Divergence, Outgoing, CatchesUpTo, _compared) = (ProgressState.Refused, divergence, null, default, boot);
        return true;
    }

    /// <summary>
    /// It has started again and does not remember where the two logs differ, so it cannot check a verdict: they are compared anew. Our log
    /// begins after <paramref name="start"/>.
    /// </summary>
    public void CompareAgain(Boot boot, LogIndex start)
    {
        if (State == ProgressState.Refused && boot.Number > _compared.Number)
        {
            (State, _compared) = (ProgressState.Probing, boot);
            ProbeAgain(start);
        }
    }

    private void Replicate()
    {
        State = ProgressState.Replicating;
        _window.Clear();
    }
}
