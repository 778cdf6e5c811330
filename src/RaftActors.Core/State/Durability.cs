namespace RaftActors.Core;

/// <summary>
/// Decides what must be durable and what waits for it. "Before responding to RPCs" (Figure 2) is enforced here and nowhere else.
/// </summary>
/// <remarks>
/// An election takes two fsyncs one after the other: the candidate's and the voters'. Raft wants an election timeout well above that
/// (§5.6), but a disk can slow down at any time. Elections would then follow one another without end, each begun before the votes of the
/// one before are durable. Three rules prevent that, and none has an effect while a write takes less than a tick. First, <see
/// cref="Elections"/> starts no election while the term or the vote is being written. Second, a vote counts however late it arrives within
/// its term. Third, <see cref="TimeoutExtension"/> lengthens every election timeout.
/// </remarks>
internal sealed class Durability(CoreOptions options, Clock clock, List<Effect> effects, RaftLog log, HardState hardState)
{
    /// <summary>Messages that may be sent only when a write is durable, each with the ticket of that write.</summary>
    private readonly List<(Ticket Ticket, Effect Sending)> _held = [];

    /// <summary>The outstanding writes, oldest first, with the ticks at which they were asked for.</summary>
    private readonly Queue<(Ticket Ticket, long At)> _outstanding = [];

    private bool _isHardStateUnsaved;

    /// <summary>The tick from which on the oldest outstanding read counts, or null.</summary>
    private long? _readsSince;

    /// <summary>How long the latest write took, in ticks.</summary>
    private int _latestWriteTicks;

    /// <summary>The term, the vote and the records as they are now, durable or not.</summary>
    public HardState HardState { get; private set; } = hardState;

    /// <summary>The write that makes <see cref="HardState"/> durable as it is now.</summary>
    public Ticket HardStateTicket { get; private set; }

    /// <summary>The last write that was asked for.</summary>
    public Ticket Asked { get; private set; }

    /// <summary>The last write that is durable. Invariant: never above <see cref="Asked"/>.</summary>
    public Ticket Done { get; private set; }

    /// <summary>The disk is nearly full (<see cref="Input.DiskSpace"/>).</summary>
    public bool IsDiskShort { get; set; }

    /// <summary>The write that makes the log durable as it is now.</summary>
    public Ticket LogTicket => log.HasUnsaved ? Asked.Next : Asked;

    /// <summary>The hard state is on disk as it is now.</summary>
    public bool IsHardStateDurable => HardStateTicket <= Done;

    /// <summary>The messages that wait for a write.</summary>
    public IEnumerable<Effect> Held => _held.Select(one => one.Sending);

    public bool IsIdle => _outstanding.Count == 0 && !log.HasUnsaved && !_isHardStateUnsaved;

    /// <summary>The oldest outstanding write, or read, takes longer than <see cref="CoreOptions.DiskStallTicks"/>.</summary>
    public bool IsStalled => (_outstanding.TryPeek(out var oldest) && IsOver(oldest.At)) || IsReadStalled;

    public bool IsReading => _readsSince is not null;

    /// <summary>The oldest outstanding read takes longer than <see cref="CoreOptions.DiskStallTicks"/>.</summary>
    public bool IsReadStalled => _readsSince is { } since && IsOver(since);

    /// <summary>
    /// The ticks by which silence is tolerated longer. The other disks are assumed to be as slow as this one, and a write may wait for
    /// another one that is outstanding, so it is twice the time of a write.
    /// </summary>
    public int TimeoutExtension => 2 * _latestWriteTicks;

    /// <summary>Notes that a first read begins, or that the oldest one has ended.</summary>
    public void NoteReads(bool isReading) => _readsSince = isReading ? clock.Now : null;

    /// <summary>Changes term, vote or records. The messages that follow wait until the change is durable.</summary>
    public void SetHardState(HardState next)
    {
        Invariant.That(next.Term >= HardState.Term, "terms never fall (§5.1)");
        Invariant.That(
            next.Term > HardState.Term || HardState.VotedFor is null || next.VotedFor == HardState.VotedFor,
            "a process votes once in a term (§5.2)");
        Invariant.That(HardState.Group == GroupUid.None || next.Group == HardState.Group, "a process never changes its group");
        Invariant.That(!HardState.IsAdmitted || next.IsAdmitted, "an admission is never withdrawn");
        Invariant.That(HardState.Fence is null || next.Fence == HardState.Fence, "a fence is never lifted");
        Invariant.That(next.Boot.Number >= HardState.Boot.Number, "boots never fall");
        HardState = next;
        HardStateTicket = Asked.Next;
        _isHardStateUnsaved = true;
    }

    /// <summary>
    /// Sends when the hard state is durable, and the write <paramref name="after"/> too. To the receiver the wait looks like a slow
    /// network. Raft would let a candidate ask before its own vote is durable, but a process that crashes could then lead one term twice.
    /// </summary>
    public void Send(Effect sending, Ticket after = default)
    {
        var ticket = after > HardStateTicket ? after : HardStateTicket;
        if (ticket <= Done)
        {
            effects.Add(sending);
        }
        else
        {
            _held.Add((ticket, sending));
        }
    }

    /// <summary>Asks for one write of all changes since the last one.</summary>
    public void PersistChanges()
    {
        var entries = log.TakeUnsaved(Asked.Next);
        if (_isHardStateUnsaved || !entries.IsEmpty)
        {
            effects.Add(new Effect.Persist(AskForWrite(), _isHardStateUnsaved ? HardState : null, entries));
            _isHardStateUnsaved = false;
        }
    }

    /// <summary>Gives the ticket for a write of another kind. The changes up to now are written before it.</summary>
    public Ticket TakeTicket()
    {
        PersistChanges();
        return AskForWrite();
    }

    /// <summary>Notes that a write is durable and sends what waited for it. Returns false if a later write was reported before.</summary>
    /// <param name="slowedBy">The ticks by which <see cref="TimeoutExtension"/> grew.</param>
    public bool Finish(Ticket ticket, out int slowedBy)
    {
        Invariant.That(ticket <= Asked, "only a write that was asked for becomes durable");
        slowedBy = 0;
        if (ticket <= Done)
        {
            return false;
        }

        Done = ticket;
        while (_outstanding.TryPeek(out var oldest) && oldest.Ticket <= ticket)
        {
            _outstanding.Dequeue();
            var took = (int)Math.Min(clock.Now - oldest.At, options.DiskStallTicks);
            slowedBy += 2 * Math.Max(0, took - _latestWriteTicks);
            _latestWriteTicks = took;
        }

        Release();
        return true;
    }

    private bool IsOver(long since) => clock.Now - since > options.DiskStallTicks;

    private Ticket AskForWrite()
    {
        Asked = Asked.Next;
        _outstanding.Enqueue((Asked, clock.Now));
        return Asked;
    }

    /// <summary>Sends the messages that need wait no longer, in the order of their addition.</summary>
    private void Release()
    {
        var kept = 0;
        for (var i = 0; i < _held.Count; i++)
        {
            if (_held[i].Ticket <= Done)
            {
                effects.Add(_held[i].Sending);
            }
            else
            {
                _held[kept++] = _held[i];
            }
        }

        _held.RemoveRange(kept, _held.Count - kept);
    }
}
