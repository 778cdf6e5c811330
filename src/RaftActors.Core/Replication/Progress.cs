namespace RaftActors.Core;

/// <summary>
/// The knowledge of a leader about one other log. It <em>probes</em>, one message at a time, until it knows where the two logs agree.
/// Then it <em>replicates</em>: it sends as much as the window takes, until a reply or a silence stops it. A process that needs
/// compacted entries is sent a snapshot.
/// </summary>
internal sealed class Progress(Member member, LogIndex next, long now)
{
    private readonly SendWindow _window = new();

    /// <summary>The latest boot whose log was compared with ours, or is being compared. Invariant: it never falls.</summary>
    private Boot _compared;

    /// <summary>The process.</summary>
    public Member Member { get; } = member;

    /// <summary>Says what may be sent.</summary>
    public ProgressState State { get; private set; } = ProgressState.Probing;

    /// <summary>
    /// The other log agrees with ours up to here, durably. Invariant: it never falls, and stays below <see cref="Next"/>.
    /// </summary>
    public LogIndex Match { get; private set; }

    /// <summary>The latest boot that acknowledged entries. Invariant: it never falls; replies can be late.</summary>
    public Boot Boot { get; private set; }

    /// <summary>The next entry to send. Invariant: the log holds the place before it.</summary>
    public LogIndex Next { get; private set; } = next;

    /// <summary>The snapshot that is being sent. Invariant: not null exactly in <see cref="ProgressState.SendingSnapshot"/>.</summary>
    public OutgoingSnapshot? Outgoing { get; private set; }

    /// <summary>
    /// The log after this index is kept for the process; null if none is. During a transfer it is the log after the snapshot. Then
    /// it is the log after <see cref="Match"/>, until the process has what the log held when the snapshot was installed. Otherwise,
    /// under load, the end of one transfer would be the beginning of the next.
    /// </summary>
    public LogIndex? KeepsLogAfter => Outgoing is { } outgoing ? outgoing.Snapshot.Position.Index : Match < CatchesUpTo ? Match : null;

    /// <summary>It has said that it may vote, so its entries on disk count.</summary>
    public bool IsAdmitted { get; set; }

    /// <summary>
    /// Where its log differs from ours, as it said last. Invariant: known in <see cref="ProgressState.Refused"/>; it stays known
    /// when the logs are compared again.
    /// </summary>
    public Divergence? Divergence { get; private set; }

    /// <summary>The latest round of reads that it answered.</summary>
    public long Round { get; set; }

    /// <summary>Its <see cref="CoreOptions.Priority"/>, as it said last.</summary>
    public int Priority { get; set; }

    /// <summary>The tick since when it has answered and kept up without a break; null if it does not.</summary>
    public long? KeepsUpSince { get; private set; }

    /// <summary>The commit index that it was told.</summary>
    public CommitNotices Notices { get; } = new();

    /// <summary>The latest round of reads that it was asked to confirm.</summary>
    public long SentRound { get; set; }

    /// <summary>The tick of its last reply; at first that of the election.</summary>
    public long RepliedAt { get; set; } = now;

    /// <summary>Notes at each heartbeat whether it answers and keeps up.</summary>
    public void Watch(bool keepsUp, long now) => KeepsUpSince = keepsUp ? KeepsUpSince ?? now : null;

    private LogIndex CatchesUpTo { get; set; }

    /// <summary>Whether a message with entries may go now.</summary>
    public bool TakesEntries(CoreOptions options) =>
        State == ProgressState.Probing
        || (State == ProgressState.Replicating
            && _window.Count < Math.Min(_window.Limit, options.MaxInflightMessages)
            && _window.Size < options.MaxInflightBytes);

    /// <summary>Whether entries or the commit index would go to it in the next step.</summary>
    public bool HasNews(CoreOptions options, LogIndex last, LogIndex commit) =>
        (TakesEntries(options) && (State == ProgressState.Probing || Next <= last))
        || (State == ProgressState.Replicating && Notices.Owes(commit));

    /// <summary>Notes that entries up to <paramref name="last"/>, of that size in bytes, were sent with a commit index.</summary>
    public void Sent(LogIndex last, long size, LogIndex commit)
    {
        Notices.Told(commit);
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

    /// <summary>Notes that a boot has acknowledged entries.</summary>
    public void Acknowledged(Boot boot) => Boot = boot.Number > Boot.Number ? boot : Boot;

    /// <summary>
    /// Notes that the logs agree up to <paramref name="match"/>. Ours begins after <paramref name="start"/>, ends at <paramref
    /// name="last"/>.
    /// </summary>
    public void Accept(LogIndex match, LogIndex start, LogIndex last)
    {
        Match = match > Match ? match : Match;
        Next = Match < Next ? Next : Match.Next;
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

        Demand();
    }

    /// <summary>
    /// Notes that the other log lacks the place before the entries sent; the logs may agree at <paramref name="hint"/>. A stale
    /// reply changes nothing.
    /// </summary>
    public void Reject(LogIndex hint)
    {
        var next = (hint < Match ? Match : hint).Next;
        if (next >= Next || State is ProgressState.SendingSnapshot or ProgressState.Refused)
        {
            return;
        }

        Next = next;
        State = ProgressState.Probing;
        _window.Narrow();
        Demand();
    }

    /// <summary>Probes again, since messages may have been lost. Our log begins after <paramref name="start"/>.</summary>
    public void ProbeAgain(LogIndex start)
    {
        if (State is not (ProgressState.SendingSnapshot or ProgressState.Refused))
        {
            Next = (Match < start ? start : Match).Next;
            State = ProgressState.Probing;
            Demand();
        }
    }

    /// <summary>Starts to send a snapshot, since the process needs compacted entries.</summary>
    public OutgoingSnapshot StartSnapshot(Snapshot snapshot, long now)
    {
        State = ProgressState.SendingSnapshot;
        return Outgoing = new OutgoingSnapshot(snapshot, now);
    }

    /// <summary>Keeps nothing for it any more: it did not answer, or took nothing of a snapshot, for too long.</summary>
    public void GiveUp(LogIndex start)
    {
        (Outgoing, CatchesUpTo) = (null, default);
        State = State == ProgressState.Refused ? State : ProgressState.Probing;
        ProbeAgain(start);
    }

    /// <summary>
    /// Notes that this boot refuses our log; nothing is sent any more. False if a later boot was heard, whose log may differ
    /// elsewhere or not at all.
    /// </summary>
    public bool Refuse(Divergence divergence, Boot boot)
    {
        if (boot.Number < _compared.Number)
        {
            return false;
        }

        (State, Divergence, Outgoing, CatchesUpTo, _compared) = (ProgressState.Refused, divergence, null, default, boot);
        Demand();
        return true;
    }

    /// <summary>
    /// Compares the logs again after a restart: the new boot does not know where they differ, and could not check a verdict. Our
    /// log begins after <paramref name="start"/>.
    /// </summary>
    public void CompareAgain(Boot boot, LogIndex start)
    {
        if (State == ProgressState.Refused && boot.Number > _compared.Number)
        {
            (State, _compared) = (ProgressState.Probing, boot);
            ProbeAgain(start);
        }
    }

    private void Demand()
    {
        Invariant.That(Match < Next, "an acknowledged entry is not sent again");
        Invariant.That((Outgoing is not null) == (State == ProgressState.SendingSnapshot), "a snapshot is sent in one state only");
        Invariant.That(Divergence is not null || State != ProgressState.Refused, "a refusal names the place");
    }

    private void Replicate()
    {
        State = ProgressState.Replicating;
        _window.Clear();
    }
}
