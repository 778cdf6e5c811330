using RaftActors.Core;
using RaftActors.Storage.Disk;
using RaftActors.Storage.Log;

namespace RaftActors.Storage.Tools;

/// <summary>
/// Writes a new last segment with the whole contents of a log, so that no earlier segment is needed. The rename of the durable file makes
/// it count, so a crash leaves the old log or the new one.
/// </summary>
internal static class LogRewrite
{
    private const int PieceSizeMax = 4 << 20;

    /// <summary>Writes the segment. Returns the number of the last segment that is not needed any more.</summary>
    /// <param name="disk">The disk of the log.</param>
    /// <param name="reader">Has read the whole log.</param>
    /// <param name="slots">The slots of the new segment, each with its state and its entries. Other slots are dropped.</param>
    /// <exception cref="StoreException">The contents are too large for one segment.</exception>
    public static long Write(IDisk disk, LogReader reader, IEnumerable<(SlotReplay Read, HardState? HardState, LogSlice Entries)> slots)
    {
        var last = reader.Segments[^1];
        var (all, level) = (slots.ToList(), last.Level);
        all.ForEach(slot => WriteSize.Of(slot.Entries, ref level));
        var header = new SegmentHeader(last.Number + 1, last.Log, reader.LastCheck!.End, 0) { Level = level };
        var name = LogReader.NameOf(header.Number);
        var file = disk.Create(name + SegmentFiles.Unfinished, 0);
        using (var segment = new PreparedSegment(file, header, capacity: int.MaxValue, SegmentHeader.Size + BatchHeader.Size))
        {
            Append(segment, all, reader.Forgotten);
            segment.Finish(header with { Born = segment.End }, [], reader.LastCheck.Batches);
        }

        disk.Rename(name + SegmentFiles.Unfinished, name);
        disk.SyncFolder(LogReader.Folder);
        return last.Number;
    }

    private static void Append(
        PreparedSegment segment, List<(SlotReplay Read, HardState? HardState, LogSlice Entries)> slots, List<ushort> forgotten)
    {
        var builder = new BatchBuilder(PieceSizeMax);
        builder.Begin(segment.Seed, segment.End, isFurther: true);
        forgotten.ForEach(builder.AddForgotten);
        foreach (var (read, hardState, entries) in slots)
        {
            builder.AddOwner(read.Number, read.Owner, read.Incarnation);
            if (hardState is not null)
            {
                builder.AddHardState(read.Number, hardState);
            }

            foreach (var position in read.Installed)
            {
                builder.AddBase(read.Number, RecordType.Installed, new LogRange(position, position.Index));
            }

            // This record empties the log, whatever the older segments hold. The entries follow.
            builder.AddBase(read.Number, RecordType.Base, new LogRange(read.Range.Base, read.Range.Base.Index));
            foreach (var entry in entries)
            {
                builder.AddEntry(read.Number, entry);
                if (builder.Length > PieceSizeMax)
                {
                    Flush();
                }
            }
        }

        Flush();

        void Flush()
        {
            if (segment.End + builder.Length > segment.Capacity)
            {
                throw new StoreException($"The log has more than the {segment.Capacity} bytes that one segment can hold, so it cannot be "
                    + "rewritten. Let its processes take snapshots first.");
            }

            segment.Append(builder);
            builder.Begin(segment.Seed, segment.End, isFurther: true);
        }
    }
}
