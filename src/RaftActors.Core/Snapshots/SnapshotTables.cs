namespace RaftActors.Core;

/// <summary>The sessions and request keys at a place in the log, as a snapshot up to this place holds them.</summary>
internal sealed class SnapshotTables
{
    private readonly SessionBounds _bounds;
    private readonly Sessions _sessions;
    private readonly RequestKeys _keys;

    /// <summary>Starts from the tables of a snapshot. Null: from empty ones, at the beginning of the log.</summary>
    public SnapshotTables(SessionBounds bounds, Snapshot? snapshot)
    {
        (_bounds, Index) = (bounds, snapshot?.Position.Index ?? LogIndex.Zero);
        _sessions = new Sessions(bounds, snapshot?.Sessions ?? []);
        _keys = new RequestKeys(bounds, snapshot?.Keys ?? KeyTable.Empty);
    }

    private SnapshotTables(SnapshotTables other)
    {
        (_bounds, Index) = (other._bounds, other.Index);
        _sessions = new Sessions(_bounds, other._sessions.ToStates());
        _keys = new RequestKeys(_bounds, other._keys.ToTable());
    }

    /// <summary>The last entry that was added.</summary>
    public LogIndex Index { get; private set; }

    /// <summary>Returns a copy, which changes apart from this one.</summary>
    public SnapshotTables Copy() => new(this);

    /// <summary>Adds committed entries. Those that were added before are skipped.</summary>
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
        new(position, configurationIndex, configuration, _sessions.ToStates(), length) { Keys = _keys.ToTable() };
}
