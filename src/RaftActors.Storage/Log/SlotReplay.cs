using RaftActors.Core;

namespace RaftActors.Storage.Log;

/// <summary>Reads one slot out of a log: what the records say, one after the other.</summary>
internal sealed class SlotReplay(ushort number)
{
    private readonly OriginCache _origins = new();
    private LogEntry[] _entries = [];
    private int _head;
    private int _count;
    private SlotState _state;
    private bool _hasBase;

    public ushort Number => number;

    public SlotState State => _state;

    /// <summary>In which segments its entries are.</summary>
    public EntryRuns Runs { get; } = new();

    /// <summary>Snapshots that came in, of which the log says that they are installed.</summary>
    public List<LogPosition> Installed { get; } = [];

    /// <summary>The first thing that is wrong with it. After that nothing more of it is read.</summary>
    public StoreDamage? Damage { get; private set; }

    /// <summary>All entries after the base, or all that there are if some are missing.</summary>
    public LogSlice Entries => new(_entries.AsMemory(_head, _count));

    public void Fail(StoreDamage damage) => Damage ??= damage;

    /// <summary>Takes the record at which the scan is.</summary>
    public void Apply(in LogScan scan, long segment, string file)
    {
        if (Damage is not null && scan.Record.Type != RecordType.Owner)
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
            Fail(DamageAt(scan, file, $"the record cannot be read, though its checksum is right ({e.Message.TrimEnd('.')})"));
        }
    }

    /// <summary>All was read: is it a whole log?</summary>
    /// <param name="file">Where the log begins now.</param>
    public void Finish(string file)
    {
        var absentTo = new LogIndex(_state.Last.Value - _count);
        if (!_hasBase)
        {
            Fail(new StoreDamage(file, 0, null, null, null, $"nothing says where the log of {_state.Owner} begins"));
        }
        else if (absentTo > _state.Base.Index)
        {
            Fail(new StoreDamage(
                file, 0, _state.Base.Index.Next, null, null,
                $"the entries up to {absentTo}, which stood before this segment, are missing"));
        }
    }

    private static StoreDamage DamageAt(in LogScan scan, string file, string what)
    {
        var index = scan.Record.Index > 0 ? new LogIndex(scan.Record.Index) : (LogIndex?)null;
        return new StoreDamage(file, scan.Offset, index, null, null, what);
    }

    private string? Apply(in LogScan scan, long segment)
    {
        var header = scan.Record;
        switch (header.Type)
        {
            case RecordType.Owner:
                (_state.Owner, _state.Incarnation) = RecordFormat.ReadOwner(scan.Body.Span);
                return null;
            case RecordType.HardState:
                _state.HardState = RecordFormat.ReadHardState(header, scan.Body.Span);
                return null;
            case RecordType.Base or RecordType.Installed:
                return Begin(header, scan.Body.Span);
            case RecordType.NoOp or RecordType.Configuration or RecordType.Pair:
                return Append(RecordFormat.ReadEntry(header, scan.Body, _origins), segment);
            default:
                return $"there is no record of type {(int)header.Type}";
        }
    }

    private string? Begin(in RecordHeader header, ReadOnlySpan<byte> body)
    {
        var (position, last) = RecordFormat.ReadBase(header, body);
        if (header.Type == RecordType.Installed)
        {
            Installed.Add(position);
        }

        if (!_hasBase)
        {
            (_hasBase, _state.Base, _state.Last) = (true, position, last);
            return null;
        }

        if (last > _state.Last && last != position.Index)
        {
            return $"the log ends at {_state.Last}, and should end at {last}";
        }

        if (last <= position.Index)
        {
            (_head, _count) = (0, 0);
            Runs.CutFrom(LogIndex.Zero);
        }
        else
        {
            CutFrom(last.Next);
            var kept = (int)Math.Min(_count, last.Value - position.Index.Value);
            (_head, _count) = (_head + _count - kept, kept);
            Runs.CutTo(position.Index, last);
        }

        (_state.Base, _state.Last) = (position, last);
        return null;
    }

    private string? Append(in LogEntry entry, long segment)
    {
        if (!_hasBase || entry.Index > _state.Last.Next || entry.Index <= _state.Base.Index)
        {
            return $"the log goes from {_state.Base.Index} to {_state.Last}, and this entry does not follow on it";
        }

        CutFrom(entry.Index);
        if (_head + _count == _entries.Length)
        {
            Grow();
        }

        _entries[_head + _count++] = entry;
        _state.Last = entry.Index;
        Runs.Add(entry.Index, segment);
        return null;
    }

    private void CutFrom(LogIndex index)
    {
        var first = _state.Last.Value - _count + 1;
        _count = (int)Math.Clamp(index.Value - first, 0, _count);
        _state.Last = new LogIndex(Math.Min(_state.Last.Value, index.Value - 1));
        Runs.CutFrom(index);
    }

    private void Grow()
    {
        var grown = _head > _entries.Length / 2 ? _entries : new LogEntry[Math.Max(1024, 2 * _entries.Length)];
        Array.Copy(_entries, _head, grown, 0, _count);
        (_entries, _head) = (grown, 0);
    }
}
