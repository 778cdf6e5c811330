namespace RaftActors.Simulator.Actors.Persistence;

/// <summary>What is known of the events and snapshots of one persistence id.</summary>
internal sealed class JournalStream(string id, JournalLedger ledger)
{
    private readonly SortedDictionary<long, JournalEvent> _events = [];
    private readonly Dictionary<(int Life, int Batch), string> _denied = [];
    private readonly HashSet<long> _holes = [];
    private readonly List<SnapshotDeletion> _snapshotDeletions = [];
    private readonly Dictionary<string, SavedSnapshot> _snapshots = [];

    public string Id => id;

    /// <summary>The highest sequence number that an actor was told to be in the journal.</summary>
    public long Highest { get; private set; }

    /// <summary>The highest number up to which the events are deleted.</summary>
    public long Deleted { get; private set; }

    /// <summary>The highest number up to which the events may be deleted.</summary>
    public long DeletionBegun { get; private set; }

    /// <summary>The highest number of a snapshot that is saved.</summary>
    public long Saved { get; private set; }

    /// <summary>The events that are known to be committed, also deleted ones.</summary>
    public IReadOnlyDictionary<long, JournalEvent> Events => _events;

    /// <summary>An actor was told that an event is in the journal.</summary>
    public void Learn(long number, JournalEvent each)
    {
        ledger.Demand(
            _events.TryAdd(number, each) || _events[number] == each, $"event {number} of {id} is {each}, and was {_events[number]} before");
        ledger.Demand(
            !_denied.TryGetValue((each.Life, each.Batch), out var how),
            $"event {number} of {id}, {each}, is in the journal, and was {how}");
        Highest = Math.Max(Highest, number);
    }

    /// <summary>An actor was told that a batch is not in the journal.</summary>
    public void Deny(JournalEvent each, string how)
    {
        _denied.TryAdd((each.Life, each.Batch), how);
        var found = _events.FirstOrDefault(known => (known.Value.Life, known.Value.Batch) == (each.Life, each.Batch));
        ledger.Demand(found.Value is null, $"event {found.Key} of {id}, {found.Value}, is in the journal, and was {how}");
    }

    /// <summary>
    /// The event with this number was rejected. So the next one may have a higher number, also that of a later life that began with a
    /// snapshot.
    /// </summary>
    public void Skip(long number) => _holes.Add(number);

    /// <summary>
    /// An actor deletes its events, up to a number that may be above all of the journal, because its latest were rejected.
    /// </summary>
    /// <returns>The number for <see cref="EndDeletion"/>. Another incarnation may write events behind it later.</returns>
    public long BeginDeletion(long to)
    {
        DeletionBegun = Math.Max(DeletionBegun, to);
        return Math.Min(to, Highest);
    }

    public void EndDeletion(long to) => Deleted = Math.Max(Deleted, to);

    public SavedSnapshot BeginSnapshot(string text, long number) => _snapshots[text] = new SavedSnapshot(number, ledger.Now());

    public void EndSnapshot(SavedSnapshot snapshot)
    {
        snapshot.Ended = ledger.Now();
        Saved = Math.Max(Saved, snapshot.SequenceNr);
    }

    public SnapshotDeletion BeginSnapshotDeletion(long to)
    {
        SnapshotDeletion deletion = new(to, ledger.Now());
        _snapshotDeletions.Add(deletion);
        return deletion;
    }

    public void EndSnapshotDeletion(SnapshotDeletion deletion) => deletion.Ended = ledger.Now();

    /// <summary>A recovery that began at a time was offered a snapshot.</summary>
    public void CheckOffer(long number, string text, long began)
    {
        if (!_snapshots.TryGetValue(text, out var snapshot) || snapshot.SequenceNr != number)
        {
            ledger.Demand(false, $"a recovery of {id} was offered the snapshot '{text}' of {number}, which no actor has taken");
            return;
        }

        ledger.Demand(
            !_snapshotDeletions.Exists(each => each.To >= number && each.Began > snapshot.Ended && each.Ended < began),
            $"a recovery of {id} was offered the snapshot {number}, which was deleted before");
    }

    /// <summary>A recovery ended without a snapshot as high as one that was saved before it began.</summary>
    /// <param name="found">The number of its snapshot, or 0.</param>
    /// <param name="saved">Of the one that was saved.</param>
    public void CheckSnapshot(long found, long saved) => ledger.Demand(
        found >= saved || _snapshotDeletions.Exists(each => each.To >= saved),
        $"a recovery of {id} was offered the snapshot {found}, and {saved} was saved before");

    /// <summary>Events that were read at once must be all from a number on, in their order, with whole batches.</summary>
    /// <param name="after">The number behind which they begin: that of a snapshot, or 0.</param>
    /// <param name="highest">The number that they end with, unless that event is deleted.</param>
    /// <param name="deleted">The events up to this number were deleted before the read began.</param>
    public void CheckRead(IReadOnlyList<(long Number, JournalEvent Event)> read, long after, long highest, long deleted)
    {
        foreach (var (place, (number, each)) in read.Index())
        {
            var (before, last) = place > 0 ? read[place - 1] : (Math.Max(after, deleted), null);
            ledger.Demand(number > before, $"event {number} of {id} was read after {before}, or is deleted");
            CheckGap(before, number);
            Learn(number, each);

            // Events between two pages of a query may be deleted meanwhile.
            ledger.Demand(
                last is null || number > before + 1 || (last.Place + 1 < last.Size
                    ? each == last with { Place = last.Place + 1 }
                    : each.Place == 0 && (each.Life, each.Batch) != (last.Life, last.Batch)),
                $"event {number} of {id} is {each}, and the one before it is {last}");
        }

        if (read is [.., var (end, final)])
        {
            ledger.Demand(final.Place + 1 == final.Size, $"the events of {id} end with {final}");
            CheckGap(end, highest + 1);
        }
        else
        {
            CheckGap(Math.Max(after, deleted), highest + 1);
        }

        // A snapshot may have been taken behind rejected events, so its number may be above all of the journal.
        if (highest > after)
        {
            Highest = Math.Max(Highest, highest);
        }
    }

    /// <summary>At the end of a run: one life follows another one, and none goes on behind another one.</summary>
    public void Check()
    {
        HashSet<int> lives = [];
        var last = 0;
        foreach (var (number, each) in _events)
        {
            ledger.Demand(each.Life == last || lives.Add(each.Life), $"event {number} of {id} is of life {each.Life}, which was replaced");
            last = each.Life;
        }
    }

    // All between two numbers is deleted or was rejected.
    private void CheckGap(long before, long next)
    {
        for (var number = Math.Max(before, DeletionBegun) + 1; number < next; number++)
        {
            ledger.Demand(
                _holes.Contains(number) && !_events.ContainsKey(number), $"event {number} of {id} is lost: {Describe(number)}");
        }
    }

    private string Describe(long number) => _events.TryGetValue(number, out var known) ? $"{known}" : "no actor has read it";
}

/// <summary>A snapshot that an actor has taken.</summary>
internal sealed record SavedSnapshot(long SequenceNr, long Began)
{
    /// <summary>When the actor was told that it is saved.</summary>
    public long Ended { get; set; } = long.MaxValue;
}

/// <summary>A deletion of the snapshots up to a number.</summary>
internal sealed record SnapshotDeletion(long To, long Began)
{
    public long Ended { get; set; } = long.MaxValue;
}
