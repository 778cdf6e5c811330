using RaftActors.Core;
using RaftActors.Storage.Snapshots;

namespace RaftActors.Storage.Log;

/// <summary>
/// One process's part of a shared log, as it will be when all gathered writes are on disk. Guarded by <see cref="LogWriter.Lock"/>.
/// Any thread may call <see cref="RunsOf"/> and <see cref="NoteCommitted"/>.
/// </summary>
internal sealed class Slot(ushort number, StoreOwner owner, Incarnation incarnation)
{
    // Any thread may read it. The writing thread replaces it when the entries were moved.
    private volatile EntryRuns _runs = new();
    private LogRange _log;
    private long _committed;

    private Slot(SlotReplay read)
        : this(read.Number, read.Owner, read.Incarnation) =>
        (_log, _runs, HardState, Recovered, Damage, _committed) =
            (read.Range, read.Runs, read.HardState, read, read.Damage, read.Committed.Value);

    public ushort Number => number;

    public StoreOwner Owner => owner;

    public Incarnation Incarnation => incarnation;

    public string SnapshotFolder => SnapshotName.FolderOf(number);

    public LogRange Log => _log;

    public HardState? HardState { get; set; }

    /// <summary>The oldest segment with an entry that this slot needs, or null.</summary>
    public long? OldestSegment => _runs.OldestSegment;

    /// <inheritdoc cref="EntryRuns.Bytes"/>
    public long Bytes => _runs.Bytes;

    /// <summary>The places of the copies that <see cref="SegmentCleaner"/> has made, or null if it does not move this slot.</summary>
    public EntryRuns? Copies { get; set; }

    /// <summary>An entry could not be read, so the entries stay where they are until the next opening of the directory.</summary>
    public bool IsUnreadable { get; set; }

    /// <summary>The records that recovery read. Null once the store was opened.</summary>
    public SlotReplay? Recovered { get; set; }

    /// <summary>The segments are read again for this slot, so all of them stay.</summary>
    public bool IsBeingRead { get; set; }

    /// <summary>If not null, the store cannot be opened, and its segments stay for a repair.</summary>
    public StoreDamage? Damage { get; }

    /// <summary>Null if no store has this slot open.</summary>
    public SlotOpening? Opening { get; set; }

    public static Slot Of(SlotReplay read) => new(read);

    /// <summary>Notes that the record of an entry goes to an offset of a segment.</summary>
    public void Append(LogIndex index, long segment, long offset, long size)
    {
        _log.Append(index);
        _runs.Add(index, segment, offset, size);
        Copies?.CutFrom(index);
    }

    /// <summary>Finds the entries in their copies from now on.</summary>
    public void UseCopies()
    {
        var copies = Copies!;
        copies.CutTo(_log);
        (_runs, Copies) = (copies, null);
    }

    /// <inheritdoc cref="EntryRuns.Find"/>
    public EntryRun[] RunsOf(LogIndex first, LogIndex last) => _runs.Find(first, last);

    /// <inheritdoc cref="LogRange.Discard"/>
    public bool Discard(LogPosition position)
    {
        if (!_log.Discard(position))
        {
            return false;
        }

        _runs.CutTo(_log);
        return true;
    }

    /// <inheritdoc cref="LogRange.Install"/>
    public void Install(LogPosition position, bool keepsLog)
    {
        _log.Install(position, keepsLog);
        _runs.CutTo(_log);
        Copies?.CutFrom(_log.Last.Next);
    }

    /// <summary>The entries up to an index are committed and in the log. The next segment records it.</summary>
    public void NoteCommitted(LogIndex index) => Volatile.Write(ref _committed, index.Value);

    /// <summary>Adds the records that each segment begins with, so that older segments are needed for their entries only.</summary>
    public void AddTo(BatchBuilder builder)
    {
        builder.AddOwner(number, owner, incarnation);
        if (Damage is not null)
        {
            return; // The state of a damaged slot is unknown. Its records stay in the older segments.
        }

        if (HardState is { } hardState)
        {
            builder.AddHardState(number, hardState);
        }

        // A received snapshot gets its final name when the store is opened. Until then each checkpoint must repeat that it is installed.
        var isNamed = Recovered is null || !Recovered.Installed.Contains(_log.Base);
        builder.AddBase(number, isNamed ? RecordType.Base : RecordType.Installed, _log);
        if (new LogIndex(Math.Min(Volatile.Read(ref _committed), _log.Last.Value)) is var committed && committed > _log.Base.Index)
        {
            builder.AddCommitted(number, committed);
        }
    }
}
