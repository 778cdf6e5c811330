using RaftActors.Core;
using RaftActors.Storage.Disk;
using RaftActors.Storage.Log;

namespace RaftActors.Storage.Tools;

/// <summary>
/// Writes one more segment that says all of a log anew, so that no segment before it is needed. It counts from when it has its name, which
/// it gets in one step when it is durable: a crash leaves the log as it was before, or as it is to be.
/// </summary>
internal static class LogRewrite
{
    private const int BatchSizeMax = 4 << 20;
    private const string Unfinished = ".tmp";

    /// <param name="disk">Whose log was read.</param>
    /// <param name="reader">Has read all of it.</param>
    /// <param name="slots">What the log is to hold. Nothing of any other slot is carried over.</param>
    /// <returns>The number of the last segment that is needed no more.</returns>
    /// <exception cref="StoreException">It would be too large for one segment.</exception>
    public static long Write(IDisk disk, LogReader reader, IEnumerable<RewrittenSlot> slots)
    {
        var last = reader.Segments[^1];
        var header = new SegmentHeader(last.Number + 1, last.Log, reader.LastCheck!.End, 0);
        var name = LogReader.NameOf(header.Number);
        using (var file = disk.Create(name + Unfinished, 0))
        {
            var end = new Batches(file, header, reader.LastCheck.Batches).Write(slots);
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
            foreach (var (number, state, hardState, entries, installed) in slots)
            {
                _builder.AddOwner(number, state.Owner!.Value, state.Incarnation);
                if (hardState is not null)
                {
                    _builder.AddHardState(number, hardState);
                }

                foreach (var position in installed)
                {
                    _builder.AddBase(number, RecordType.Installed, position, position.Index);
                }

                // The log is empty from here on, whatever stood before; then come its entries.
                _builder.AddBase(number, RecordType.Base, state.Base, state.Base.Index);
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
                throw new StoreException($"The log is larger than the {int.MaxValue} bytes that one segment holds, so it cannot be written "
                    + "anew. Have its processes take snapshots first.");
            }

            file.Write(_offset, batch);
            (_offset, _before) = (_offset + batch.Length, _before + 1);
            _builder.Begin(header.Seed, _offset);
        }
    }
}

/// <summary>What is to stand in a slot.</summary>
/// <param name="Installed">Snapshots that came in, which may not have got their names yet.</param>
internal readonly record struct RewrittenSlot(
    ushort Number, SlotState State, HardState? HardState, LogSlice Entries, IReadOnlyList<LogPosition> Installed)
{
    /// <summary>What stands there.</summary>
    public static RewrittenSlot Of(SlotReplay slot) =>
        new(slot.Number, slot.State, slot.State.HardState, slot.Entries, slot.Installed);
}
