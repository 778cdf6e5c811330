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
    private const int BatchSizeMax = 4 << 20;
    private const string Unfinished = ".tmp";

    /// <summary>Writes the segment. Returns the number of the last segment that is not needed any more.</summary>
    /// <param name="disk">The disk of the log.</param>
    /// <param name="reader">Has read the whole log.</param>
    /// <param name="slots">The contents of the new segment. Other slots are dropped.</param>
    /// <exception cref="StoreException">The contents are too large for one segment.</exception>
    public static long Write(IDisk disk, LogReader reader, IEnumerable<RewrittenSlot> slots)
    {
        var last = reader.Segments[^1];
        var (all, level) = (slots.ToList(), last.Level);
        all.ForEach(slot => WriteSize.Of(slot.Entries, ref level));
        var header = new SegmentHeader(last.Number + 1, last.Log, reader.LastCheck!.End, 0) { Level = level };
        var name = LogReader.NameOf(header.Number);
        using (var file = disk.Create(name + Unfinished, 0))
        {
            var end = new Batches(file, header, reader.LastCheck.Batches).Write(all);
            Span<byte> first = stackalloc byte[SegmentHeader.Size];
            (header with { Born = end }).Write(first);
            file.Write(0, first);
            file.Sync();
        }

        disk.Rename(name + Unfinished, name);
        disk.SyncFolder(LogReader.Folder);
        return last.Number;
    }

    private sealed class Batches(IDiskFile file, SegmentHeader header, long before)
    {
        private readonly BatchBuilder _builder = new(BatchSizeMax);
        private long _offset = SegmentHeader.Size;
        private long _before = before;

        public long Write(IEnumerable<RewrittenSlot> slots)
        {
            _builder.Begin(header.Seed, _offset);
            foreach (var (read, hardState, entries) in slots)
            {
                var number = read.Number;
                _builder.AddOwner(number, read.Owner, read.Incarnation);
                if (hardState is not null)
                {
                    _builder.AddHardState(number, hardState);
                }

                foreach (var position in read.Installed)
                {
                    _builder.AddBase(number, RecordType.Installed, new LogRange(position, position.Index));
                }

                // This record empties the log, whatever the older segments hold. The entries follow.
                _builder.AddBase(number, RecordType.Base, new LogRange(read.Range.Base, read.Range.Base.Index));
                foreach (var entry in entries)
                {
                    _builder.AddEntry(number, entry);
                    if (_builder.Length > BatchSizeMax)
                    {
                        Flush();
                    }
                }
            }

            Flush();
            return _offset;
        }

        private void Flush()
        {
            if (_builder.IsEmpty)
            {
                return;
            }

            var batch = _builder.End(0, _before);
            if (_offset + batch.Length > int.MaxValue)
            {
                throw new StoreException($"The log has more than the {int.MaxValue} bytes that one segment can hold, so it cannot be "
                    + "rewritten. Let its processes take snapshots first.");
            }

            file.Write(_offset, batch);
            (_offset, _before) = (_offset + batch.Length, _before + 1);
            _builder.Begin(header.Seed, _offset);
        }
    }
}

/// <summary>The contents of a slot in the new segment.</summary>
internal readonly record struct RewrittenSlot(SlotReplay Read, HardState? HardState, LogSlice Entries)
{
    public static RewrittenSlot Of(SlotReplay read) => new(read, read.HardState, read.Entries);
}
