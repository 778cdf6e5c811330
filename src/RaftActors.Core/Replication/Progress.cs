namespace RaftActors.Core;

/// <summary>
/// The knowledge of a leader about one other log. It <em>probes</em>, one message at a time, until it knows where the two logs agree.
/// Then it <em>replicates</em>: it sends as much as the window takes, until a reply or a silence stops it. A process that needs
/// compacted entries is sent a snapshot.
/// </summary>
internal sealed class Progress(Member member, LogIndex next, long now)
{
    private readonly SendWindow _window = new();

    /// <summary>The latest boot whose log was, or is being, compared with ours. Invariant: it never falls.</summary>
    private Boot _compared;

    public Member Member { get; } = member;

    public ProgressState State { get; private set; } = ProgressState.Probing;

    /// <summary>
    /// The other log agrees with ours up to here, durably. Invariant: it never falls, and stays below <see cref="Next"/>.
    /// </summary>
    public LogIndex Match { get; private set; }

    /// <summary>The latest boot that acknowledged entries. Invariant: it never falls; replies can be late.</summary>
    public Boot Boot { get; private set; }

    /// <summary>The next entry to send. Invariant: the log has the place before it.</summary>
    public LogIndex Next { get; private set; } = next;

    /// <summary>The snapshot that is being sent. Invariant: not null exactly in <see cref="ProgressState.SendingSnapshot"/>.</summary>
    public OutgoingSnapshot? Outgoing { get; private set; }

    /// <summary>
    /// The log after this index is kept for the process, or none if null. During a transfer it is the log after the snapshot. Then it is
    /// the log after <see cref="Match"/>, until the process has what the log had when the snapshot was installed. Otherwise, under load,
    /// the end of one transfer would be the beginning of the next.
    /// </summary>
    public LogIndex? KeepsLogAfter => Outgoing is { } outgoing ? outgoing.Snapshot.Position.Index : Match < CatchesUpTo ? Match : null;

    /// <summary>The process has announced that it may vote, so its entries on disk count.</summary>
    public bool IsAdmitted { get; set; }

    /// <summary>
    /// Where its log differs from ours, by its latest report. Invariant: known in <see cref="ProgressState.Refused"/>, and kept while the
    /// logs are compared again.
    /// </summary>
    public Divergence? Divergence { get; private set; }

    /// <summary>The latest round of reads that it answered.</summary>
    public long Round { get; set; }

    /// <summary>The <see cref="CoreOptions.Promise"/> that it made with that answer.</summary>
    public long Promise { get; set; }

    /// <summary>Its latest <see cref="CoreOptions.Priority"/>.</summary>
    public int Priority { get; set; }

    /// <summary>Its latest <see cref="Message.AppendEntriesReply.Applied"/>.</summary>
    public Serial Applied { get; set; }

    /// <summary>The tick since when it has answered and kept up without a break, or null.</summary>
    public long? KeepsUpSince { get; private set; }

    public CommitNotices Notices { get; } = new();

    /// <summary>The latest round of reads that it was asked to confirm.</summary>
    public long SentRound { get; set; }

    /// <summary>The tick of its last reply, or at first of the election.</summary>
    public long RepliedAt { get; set; } = now;

    /// <summary>Notes at each heartbeat whether it answers and keeps up.</summary>
    public void Watch(bool keepsUp, long now) => KeepsUpSince = keepsUp ? KeepsUpSince ?? now : null;

    private LogIndex CatchesUpTo { get; set; }

    /// <summary>Tells whether a message with entries may go now.</summary>
    public bool TakesEntries(CoreOptions options) =>
        State == ProgressState.Probing
        || (State == ProgressState.Replicating
            && _window.Count < Math.Min(_window.Limit, options.MaxInflightMessages)
            && _window.Size < options.MaxInflightBytes);

    /// <summary>Tells whether entries or the commit index would go to it in the next step.</summary>
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
    /// Notes that the logs agree up to <paramref name="match"/>. Ours reaches from after <paramref name="start"/> to <paramref
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
    /// Notes that the other log lacks the entry before those that were sent, and may agree at <paramref name="hint"/>. A stale reply
    /// changes nothing.
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

    /// <summary>Keeps no log and no snapshot for it any more, because it was silent, or took nothing of a snapshot, for too long.</summary>
    public void GiveUp(LogIndex start)
    {
        (Outgoing, CatchesUpTo) = (null, default);
        State = State == ProgressState.Refused ? State : ProgressState.Probing;
        ProbeAgain(start);
    }

    /// <summary>
    /// Notes that this boot refuses our log, so that it is sent nothing any more. Returns false if a later boot was heard, because its log
    /// may differ elsewhere or not at all.
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
    /// Compares the logs again after a restart, because the new boot does not know where they differ. Our log begins after <paramref
    /// name="start"/>.
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

/// <summary>What a leader knows of one other process, and so what it may send.</summary>
internal enum ProgressState
{
    /// <summary>It is not known where the two logs agree. The next message asks.</summary>
    Probing,

    /// <summary>A message that asks is outstanding. Only heartbeats are sent until a reply comes.</summary>
    Asked,

    /// <summary>The logs agree. Entries are sent without waiting, as many as the window takes.</summary>
    Replicating,

    /// <summary>It needs compacted entries, and is sent a snapshot (§7).</summary>
    SendingSnapshot,

    /// <summary>It refuses our log, so it is sent nothing.</summary>
    Refused,
}

/// <summary>The unanswered messages with entries to one process, oldest first.</summary>
internal sealed class SendWindow
{
    private readonly Queue<(LogIndex Last, long Size)> _sent = new(4);

    public int Count => _sent.Count;

    /// <summary>The size of their keys and values in bytes.</summary>
    public long Size { get; private set; }

    /// <summary>The most messages that may be unanswered.</summary>
    public int Limit { get; private set; } = int.MaxValue;

    /// <summary>Adds a message with entries up to <paramref name="last"/>.</summary>
    public void Add(LogIndex last, long size)
    {
        _sent.Enqueue((last, size));
        Size += size;
    }

    /// <summary>Removes the messages that an acknowledgement covers.</summary>
    public void FreeTo(LogIndex match)
    {
        var (before, wasFull) = (Count, Count >= Limit);
        while (_sent.TryPeek(out var oldest) && oldest.Last <= match)
        {
            Size -= _sent.Dequeue().Size;
        }

        Limit += wasFull ? before - Count : 0;
    }

    public void Clear()
    {
        _sent.Clear();
        Size = 0;
    }

    /// <summary>
    /// Allows one message, and then twice as many after each window that is acknowledged. When one message is rejected, others are still
    /// under way, and the leader would replicate again after each rejection. With a whole window each time the messages would multiply.
    /// </summary>
    public void Narrow() => Limit = 1;
}

/// <summary>
/// Decides when the commit index goes to one process without entries. A busy leader soon sends entries, which carry the commit index, and
/// notices of their own would double the messages of a leader with one client. So a notice goes only <see cref="MaxPerTick"/> times in a
/// tick, and whenever the process waits for it.
/// </summary>
internal sealed class CommitNotices
{
    /// <summary>
    /// With this bound a quiet group hears each commit at once, and the last commit of a burst is late by a tick at most.
    /// </summary>
    public const int MaxPerTick = 8;

    private LogIndex _told;
    private LogIndex _awaited;
    private long _tick;
    private int _sentInTick;

    /// <summary>Notes that the process was sent this commit index, alone or with entries.</summary>
    public void Told(LogIndex commit) => _told = commit;

    /// <summary>Notes that the process waits until it knows that this index is committed.</summary>
    public void Await(LogIndex index) => _awaited = index > _awaited ? index : _awaited;

    /// <summary>Tells whether the process has not been sent this commit index.</summary>
    public bool Owes(LogIndex commit) => _told < commit;

    /// <summary>Tells whether this commit index, which the process has not been sent, may go alone in this tick.</summary>
    public bool TryTake(LogIndex commit, long tick)
    {
        if (_told >= commit)
        {
            return false;
        }

        if (_told < _awaited)
        {
            return true;
        }

        _sentInTick = _tick == tick ? _sentInTick : 0;
        _tick = tick;
        return _sentInTick++ < MaxPerTick;
    }
}
