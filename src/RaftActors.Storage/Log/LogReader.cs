using RaftActors.Storage.Disk;

namespace RaftActors.Storage.Log;

/// <summary>Reads the segments of a log, in order, and replays the records of each slot. Changes nothing on disk.</summary>
/// <param name="keptMax">About how many bytes of a slot's last entries stay in memory.</param>
internal sealed class LogReader(IDisk disk, long keptMax = long.MaxValue)
{
    public const string Folder = "log";

    private const string Remedy = "Put the right segment back. If it is lost, move the directory away and start its processes again: "
        + "they rejoin their groups by themselves.";

    private readonly SortedDictionary<ushort, SlotReplay> _slots = [];

    public List<SegmentHeader> Segments { get; } = [];

    /// <summary>The numbers of the slots whose stores were forgotten.</summary>
    public List<ushort> Forgotten { get; } = [];

    /// <summary>The slots that were read, by number, without forgotten ones.</summary>
    public IReadOnlyCollection<SlotReplay> Slots => _slots.Values;

    /// <summary>The check of the last segment, or null before <see cref="ReadAll"/>.</summary>
    public SegmentCheck? LastCheck { get; private set; }

    /// <summary>The bytes of the last segment, up to its last good batch.</summary>
    public ReadOnlyMemory<byte> LastBytes { get; private set; }

    /// <summary>Reads a whole log.</summary>
    /// <exception cref="StoreException">A segment is missing, or there is damage that concerns no single slot.</exception>
    public static LogReader OfAll(IDisk disk)
    {
        var reader = new LogReader(disk);
        reader.ReadHeaders();
        reader.ReadAll();
        return reader;
    }

    /// <summary>The file of a segment, relative to the directory.</summary>
    public static string NameOf(long segment) => $"{Folder}/{SegmentHeader.NameOf(segment)}";

    /// <summary>Reads the headers of all segments, or of those up to one.</summary>
    /// <exception cref="StoreException">A segment is missing, is damaged, or belongs to another log.</exception>
    public void ReadHeaders(long last = long.MaxValue)
    {
        foreach (var name in disk.List(Folder))
        {
            if (SegmentHeader.NumberOf(name) is not { } number || number > last)
            {
                continue;
            }

            var header = ReadHeader(number);
            if (Segments.Count > 0 && number != Segments[^1].Number + 1)
            {
                throw new StoreException($"{disk.PathOf(NameOf(Segments[^1].Number + 1))} is missing, and later segments exist. "
                    + Remedy);
            }

            if (header.Number != number || (Segments.Count > 0 && header.Log != Segments[0].Log))
            {
                throw new StoreException($"{disk.PathOf(NameOf(number))} is segment {header.Number} of log {header.Log:N} and does not "
                    + $"belong here. {Remedy}");
            }

            Segments.Add(header);
        }
    }

    /// <summary>Reads the records of all slots, or of one. Damage to one slot is noted there.</summary>
    /// <param name="only">The slot to read, or null for all.</param>
    /// <param name="end">The offset at which the last segment ends, if it is known.</param>
    /// <exception cref="StoreDamagedException">There is damage that concerns no single slot.</exception>
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

            // The entries are views of these bytes. The copy releases the zeros of a mostly empty segment.
            bytes = check.End < bytes.Length / 2 ? bytes[..(int)check.End].ToArray() : bytes[..(int)check.End];
            Replay(header, bytes, check, path, only);
            (LastCheck, LastBytes) = (check, bytes);
        }

        Forgotten.AddRange(_slots.Values.Where(slot => slot.IsForgotten).Select(slot => slot.Number));
        Forgotten.ForEach(number => _slots.Remove(number));
        var first = disk.PathOf(NameOf(Segments[0].Number));
        foreach (var slot in _slots.Values)
        {
            slot.Finish(first);
            if (!slot.HasOwner)
            {
                throw new StoreDamagedException(
                    slot.Damage ?? new StoreDamage(first, 0, null, null, "a slot has no owner record"));
            }
        }
    }

    private static bool Concerns(ushort? only, ushort slot) => only is null || only == slot;

    private void Charge(SegmentFault fault, string path, ushort? only)
    {
        if (fault.Record is not { Slot: var slot })
        {
            throw new StoreDamagedException(fault.DamageOf(path));
        }

        if (Concerns(only, slot))
        {
            SlotOf(slot).Fail(fault.DamageOf(path));
        }
    }

    private void Replay(SegmentHeader header, ReadOnlyMemory<byte> bytes, SegmentCheck check, string path, ushort? only)
    {
        // A damaged record has failed its slot already. The owner records of a failed slot still count.
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
            _slots.Add(number, slot = new SlotReplay(number, keptMax));
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
        if (end > file.Length || end < SegmentHeader.Size)
        {
            throw new StoreDamagedException(new StoreDamage(
                disk.PathOf(NameOf(number)), file.Length, null, null, $"the segment should have {end} bytes"));
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
                + "Stop the other program that writes there.");
        }
    }
}
