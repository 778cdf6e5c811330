using RaftActors.Storage.Disk;

namespace RaftActors.Storage.Log;

/// <summary>Reads the segments of a log, in order. Changes nothing on disk.</summary>
internal sealed class LogReader(IDisk disk)
{
    public const string Folder = "log";

    private readonly SortedDictionary<ushort, SlotReplay> _slots = [];

    /// <summary>The segments that there are, the last one open at its end.</summary>
    public List<SegmentHeader> Segments { get; } = [];

    /// <summary>What was read of each slot, by its number.</summary>
    public IReadOnlyCollection<SlotReplay> Slots => _slots.Values;

    /// <summary>What the last segment is like.</summary>
    public SegmentCheck? LastCheck { get; private set; }

    /// <summary>The bytes of the last segment, up to its end.</summary>
    public ReadOnlyMemory<byte> LastBytes { get; private set; }

    public static string NameOf(long segment) => $"{Folder}/{SegmentHeader.NameOf(segment)}";

    /// <summary>Reads what segments there are.</summary>
    /// <exception cref="StoreException">One is missing, is of another log, or is not what was written.</exception>
    public void ReadHeaders()
    {
        foreach (var name in disk.List(Folder))
        {
            if (SegmentHeader.NumberOf(name) is not { } number)
            {
                continue;
            }

            var header = ReadHeader(number);
            if (Segments.Count > 0 && number != Segments[^1].Number + 1)
            {
                throw new StoreException($"{disk.PathOf(NameOf(Segments[^1].Number + 1))} is missing, and segments after it are there. "
                    + "Put it back; if it is lost, the process has to join its group as a new one.");
            }

            if (header.Number != number || (Segments.Count > 0 && header.Log != Segments[0].Log))
            {
                throw new StoreException($"{disk.PathOf(NameOf(number))} is segment {header.Number} of log {header.Log:N} and does not "
                    + "belong here. Put back the segment that does; if it is lost, the process has to join its group as a new one.");
            }

            Segments.Add(header);
        }
    }

    /// <summary>Reads all records, or those of one slot.</summary>
    /// <param name="only">Null: of all slots.</param>
    /// <param name="end">Where the last segment ends, if that is known.</param>
    /// <exception cref="StoreDamagedException">There is damage of which it cannot be told whose it is.</exception>
    public void ReadAll(ushort? only = null, long? end = null)
    {
        for (var i = 0; i < Segments.Count; i++)
        {
            var (header, path) = (Segments[i], disk.PathOf(NameOf(Segments[i].Number)));
            var known = i + 1 < Segments.Count ? Segments[i + 1].PreviousEnd : end;
            var bytes = ReadSegment(header.Number, known);
            var check = SegmentCheck.Of(header, bytes, known is not null);
            foreach (var fault in check.Damage)
            {
                Charge(fault, path, only);
            }

            // What is read of the log shows these bytes, so zeros after them would be held on to as well.
            bytes = check.End < bytes.Length / 2 ? bytes[..(int)check.End].ToArray() : bytes[..(int)check.End];
            Replay(header, bytes, check, path, only);
            (LastCheck, LastBytes) = (check, bytes);
        }

        var first = disk.PathOf(NameOf(Segments[0].Number));
        foreach (var slot in _slots.Values)
        {
            slot.Finish(first);
            if (!slot.HasOwner)
            {
                throw new StoreDamagedException(
                    slot.Damage ?? new StoreDamage(first, 0, null, null, null, "nothing says whose a record is"));
            }
        }
    }

    private static bool Concerns(ushort? only, ushort slot) => only is null || only == slot;

    private void Charge(SegmentFault fault, string path, ushort? only)
    {
        if (fault.Kind != ScanKind.BadBody)
        {
            throw new StoreDamagedException(fault.DamageOf(path));
        }

        if (Concerns(only, fault.Record.Slot))
        {
            SlotOf(fault.Record.Slot).Fail(fault.DamageOf(path));
        }
    }

    private void Replay(SegmentHeader header, ReadOnlyMemory<byte> bytes, SegmentCheck check, string path, ushort? only)
    {
        // The records that are damaged have failed their slots, of which nothing more is taken; but whose slots they are, is.
        var bad = check.Damage.Select(fault => fault.Offset).ToHashSet();
        var scan = new LogScan(header, bytes, isChecked: false);
        while (scan.MoveNext())
        {
            if (scan.Kind == ScanKind.Record && Concerns(only, scan.Record.Slot) && (bad.Count == 0 || !bad.Contains(scan.Offset)))
            {
                SlotOf(scan.Record.Slot).Apply(scan, header.Number, path);
            }
        }
    }

    private SlotReplay SlotOf(ushort number)
    {
        if (!_slots.TryGetValue(number, out var slot))
        {
            _slots.Add(number, slot = new SlotReplay(number));
        }

        return slot;
    }

    private SegmentHeader ReadHeader(long number)
    {
        using var file = disk.Open(NameOf(number));
        var bytes = new byte[Math.Min(SegmentHeader.Size, file.Length)];
        ReadWhole(file, bytes, number);
        return SegmentHeader.Read(bytes, disk.PathOf(NameOf(number)));
    }

    private ReadOnlyMemory<byte> ReadSegment(long number, long? end)
    {
        using var file = disk.Open(NameOf(number));
        if (end > file.Length)
        {
            throw new StoreDamagedException(new StoreDamage(
                disk.PathOf(NameOf(number)), file.Length, null, null, null, $"the segment should have {end} bytes"));
        }

        var bytes = GC.AllocateUninitializedArray<byte>(checked((int)(end ?? file.Length)));
        ReadWhole(file, bytes, number);
        return bytes;
    }

    private void ReadWhole(IDiskFile file, byte[] bytes, long number)
    {
        for (var read = 0; read < bytes.Length;)
        {
            var more = file.Read(read, bytes.AsSpan(read));
            read += more > 0 ? more : throw new StoreException($"{disk.PathOf(NameOf(number))} ends at {read} while it is being read. "
                + "See to it that nothing else writes there.");
        }
    }
}
