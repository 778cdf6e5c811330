using RaftActors.Core;

namespace RaftActors.Storage.Log;

/// <summary>Replays the records of one slot, in the order in which they were written.</summary>
/// <param name="keptMax">About how many bytes of the last entries stay in memory.</param>
internal sealed class SlotReplay(ushort number, long keptMax)
{
    // Null before the first base record.
    private EntryLog? _log;
    private StoreOwner? _owner;

    public ushort Number => number;

    /// <summary>An owner record was read. <see cref="LogReader.ReadAll"/> demands one.</summary>
    public bool HasOwner => _owner is not null;

    public StoreOwner Owner => _owner ?? throw new InvalidOperationException($"Slot {number} has no owner record.");

    /// <summary>The store was forgotten. Its records do not matter, damaged or not.</summary>
    public bool IsForgotten { get; private set; }

    public Incarnation Incarnation { get; private set; }

    public HardState? HardState { get; private set; }

    public LogRange Range => _log?.Range ?? default;

    /// <summary>The last entries. Earlier ones are absent, or were not kept in memory.</summary>
    public LogSlice Entries => _log?.Entries ?? default;

    /// <summary>The index up to which entries are known to be committed, or 0.</summary>
    public LogIndex Committed { get; private set; }

    public EntryRuns Runs { get; } = new();

    /// <summary>The positions of the received snapshots that the log records as installed.</summary>
    public List<LogPosition> Installed { get; } = [];

    /// <summary>The first damage, or null. Records after it are not replayed.</summary>
    public StoreDamage? Damage { get; private set; }

    /// <summary>Notes damage, unless some was noted before.</summary>
    public void Fail(StoreDamage damage) => Damage ??= damage;

    public void Apply(in LogScan scan, long segment, string file)
    {
        IsForgotten |= scan.Record.Type == RecordType.Forgotten;
        if (IsForgotten || (Damage is not null && scan.Record.Type != RecordType.Owner))
        {
            return;
        }

        try
        {
            if (Apply(scan, segment) is { } what)
            {
                Fail(DamageAt(scan, file, what));
            }
        }
        catch (Exception e) when (e is InvalidDataException or ArgumentOutOfRangeException)
        {
            Fail(DamageAt(scan, file, $"the record cannot be decoded, although its checksum is right ({e.Message.TrimEnd('.')})"));
        }
    }

    /// <summary>Checks that the log is complete, after the last record.</summary>
    /// <param name="file">The path of the first segment.</param>
    public void Finish(string file)
    {
        if (_log is null)
        {
            Fail(new StoreDamage(file, 0, null, null, $"no record says where the log of {_owner} begins"));
        }
        else if (_log.AbsentTo > _log.Range.Base.Index)
        {
            Fail(new StoreDamage(
                file, 0, _log.Range.Base.Index.Next, null,
                $"the entries up to {_log.AbsentTo}, which were in an earlier segment, are missing"));
        }
    }

    private static StoreDamage DamageAt(in LogScan scan, string file, string what)
    {
        var index = scan.Record.Index > 0 ? new LogIndex(scan.Record.Index) : (LogIndex?)null;
        return new StoreDamage(file, scan.Offset, index, null, what);
    }

    /// <returns>The fault of the record, as a clause, or null.</returns>
    private string? Apply(in LogScan scan, long segment)
    {
        var header = scan.Record;
        switch (header.Type)
        {
            case RecordType.Owner:
                (_owner, Incarnation) = RecordFormat.ReadOwner(scan.Body.Span);
                return null;
            case RecordType.HardState:
                HardState = RecordFormat.ReadHardState(header, scan.Body.Span);
                return null;
            case RecordType.Base or RecordType.Installed:
                return Begin(header, scan.Body.Span);
            case RecordType.Committed:
                Committed = new LogIndex(header.Index);
                return null;
            case RecordType.Entry:
                return Append(RecordFormat.ReadEntry(header, scan.Body), segment, scan.Offset, header.PaddedLength);
            default:
                return $"record type {(int)header.Type} is unknown";
        }
    }

    private string? Begin(in RecordHeader header, ReadOnlySpan<byte> body)
    {
        var (position, last) = RecordFormat.ReadBase(header, body);
        if (position.Index < LogIndex.Zero || last < position.Index)
        {
            return $"the log begins after {position.Index}, and should end at {last}";
        }

        if (header.Type == RecordType.Installed)
        {
            Installed.Add(position);
        }

        if (_log is null)
        {
            _log = new EntryLog(new LogRange(position, last));
            Runs.CutTo(_log.Range);
            return null;
        }

        if (last > _log.Range.Last && last != position.Index)
        {
            return $"the log ends at {_log.Range.Last}, and should end at {last}";
        }

        _log.BeginAt(position, last);
        Runs.CutFrom(_log.Range.Last.Next);
        Runs.CutTo(_log.Range);
        return null;
    }

    private string? Append(in LogEntry entry, long segment, long offset, long size)
    {
        if (_log is null || !_log.Range.CanAppend(entry.Index))
        {
            return $"the log holds entries {Range.Base.Index.Next} to {Range.Last}, and this entry does not follow them";
        }

        // No entry replaces a committed one. If one does, the commit index cannot be trusted.
        Committed = entry.Index > Committed ? Committed : new LogIndex(entry.Index.Value - 1);
        _log.Append(entry);
        _log.ReleaseAbove(keptMax);
        Runs.Add(entry.Index, segment, offset, size);
        return null;
    }
}
