namespace RaftActors.Core;

/// <summary>The snapshots that this process has, receives, and has given up.</summary>
internal sealed class SnapshotState
{
    /// <summary>The latest snapshot that is durable, or is being installed, or null.</summary>
    public Snapshot? Latest
    {
        get;
        set
        {
            field = value;
            AtFloor = value?.Position.Index >= AtFloor?.Index ? null : AtFloor;
        }
    }

    /// <summary>
    /// The tables at <see cref="RaftLog.Floor"/>, or null if it is not above <see cref="Latest"/>. Without them the next snapshot would
    /// read all entries that left the memory.
    /// </summary>
    public SnapshotTables? AtFloor { get; private set; }

    /// <summary>
    /// The lowest index at which the shell will describe a snapshot, or null if it plans none (<see cref="Input.SnapshotPlanned"/>).
    /// </summary>
    public LogIndex? Planned { get; set; }

    /// <summary>The snapshot that is being received, or null.</summary>
    public IncomingSnapshot? Incoming { get; set; }

    /// <summary>The content of the last <see cref="Effect.Discard"/>.</summary>
    public (LogPosition Log, LogIndex Snapshot) Discarded { get; set; }

    /// <summary>Takes the entries that leave the memory into the tables, unless the latest snapshot covers them.</summary>
    public void OnEvicted(LogSlice entries, SessionBounds bounds)
    {
        if (!entries.IsEmpty && !(entries[^1].Index <= Latest?.Position.Index))
        {
            AtFloor ??= new SnapshotTables(bounds, Latest);
            AtFloor.Add(entries);
        }
    }

    /// <summary>
    /// Returns new tables at the floor, or of the latest snapshot, from which the entries in memory lead to the next snapshot.
    /// </summary>
    public SnapshotTables TablesBelow(LogIndex index, SessionBounds bounds)
    {
        Invariant.That(AtFloor is null || AtFloor.Index <= index, "a snapshot is not below the tables");
        return AtFloor?.Copy() ?? new SnapshotTables(bounds, Latest);
    }
}

/// <summary>The sessions and request keys at a place in the log, as a snapshot up to this place holds them.</summary>
internal sealed class SnapshotTables
{
    private readonly SessionBounds _bounds;
    private readonly Sessions _sessions;
    private readonly RequestKeys _keys;

    /// <summary>Starts from the tables of a snapshot, or from empty ones at the beginning of the log.</summary>
    public SnapshotTables(SessionBounds bounds, Snapshot? snapshot)
    {
        (_bounds, Index) = (bounds, snapshot?.Position.Index ?? LogIndex.Zero);
        _sessions = new Sessions(bounds, snapshot?.Sessions ?? [], snapshot?.ForgottenOrigins ?? default);
        _keys = new RequestKeys(bounds, snapshot?.Keys ?? KeyTable.Empty);
    }

    private SnapshotTables(SnapshotTables other)
    {
        (_bounds, Index) = (other._bounds, other.Index);
        _sessions = new Sessions(_bounds, other._sessions.ToStates(), other._sessions.Forgotten);
        _keys = new RequestKeys(_bounds, other._keys.ToTable());
    }

    /// <summary>The last entry that was added.</summary>
    public LogIndex Index { get; private set; }

    /// <summary>Returns a copy that changes independently.</summary>
    public SnapshotTables Copy() => new(this);

    /// <summary>Adds committed entries, and skips those that were added before.</summary>
    public void Add(LogSlice entries)
    {
        foreach (ref readonly var entry in entries)
        {
            if (entry.Index > Index)
            {
                Invariant.That(entry.Index == Index.Next, "the tables miss no entry");
                _sessions.Add(entry);
                _keys.Add(entry);
                Index = entry.Index;
            }
        }
    }

    /// <summary>Describes the snapshot up to the last added entry.</summary>
    public Snapshot Describe(LogPosition position, LogIndex configurationIndex, Configuration configuration, long length) =>
        new(position, configurationIndex, configuration, _sessions.ToStates(), length)
        {
            ForgottenOrigins = _sessions.Forgotten,
            Keys = _keys.ToTable(),
        };
}
