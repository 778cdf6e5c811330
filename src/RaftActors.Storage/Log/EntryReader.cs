using RaftActors.Codec;
using RaftActors.Core;
using RaftActors.Storage.Disk;

namespace RaftActors.Storage.Log;

/// <summary>Reads entries of a slot back from the segments, and checks each record. Thread-safe: it opens the files anew.</summary>
internal sealed class EntryReader(IDisk disk)
{
    private const int WindowBytes = 64 * 1024;

    /// <summary>Reads durable entries. Empty: one of them is discarded.</summary>
    /// <exception cref="StoreException">The disk cannot be read, or is damaged.</exception>
    public LogSlice Read(Slot slot, LogIndex first, LogIndex last)
    {
        var runs = slot.RunsOf(first, last);
        if (runs.Length == 0)
        {
            return default;
        }

        var entries = new LogEntry[checked((int)(last.Value - first.Value + 1))];
        try
        {
            for (var i = 0; i < runs.Length; i++)
            {
                // A later run holds what replaced the entries of this one.
                var end = i + 1 < runs.Length ? runs[i + 1].First : last.Next;
                ReadRun(slot.Number, runs[i], end, entries, first);
            }
        }
        catch (FileNotFoundException) when (slot.RunsOf(first, last).Length == 0)
        {
            return default; // The entries were discarded, and their segment deleted.
        }
        catch (Exception e) when (e is IOException and not StoreException)
        {
            throw new StoreException($"Cannot read the entries {first} to {last} of {slot.Owner}: {e.Message.TrimEnd('.')}. Repair the "
                + "disk, and start the process again.", e);
        }

        return new LogSlice(entries);
    }

    private void ReadRun(ushort slot, EntryRun run, LogIndex end, LogEntry[] entries, LogIndex first)
    {
        var name = LogReader.NameOf(run.Segment);
        using var file = disk.Open(name);
        var (path, begin) = (disk.PathOf(name), new byte[SegmentHeader.Size]);
        file.Read(0, begin);
        var seed = SegmentHeader.Read(begin, path).Seed;
        var window = new Window(file, run.Offset);
        var next = run.First;
        while (next < end)
        {
            if (BatchHeader.Stands(window.Peek(BatchHeader.Size).Span, seed, window.At))
            {
                window.Skip(BatchHeader.Size);
                continue;
            }

            var header = window.Peek(RecordHeader.Size);
            if (header.IsEmpty || RecordHeader.ChecksumOf(header.Span, seed, window.At) != RecordHeader.ExpectedOf(header.Span))
            {
                throw Damaged(path, window.At, next, "no record begins here");
            }

            var record = RecordHeader.Read(header.Span);
            var bytes = window.Peek(record.PaddedLength);
            if (bytes.IsEmpty || record.BodyChecksum != Crc32C.Of(bytes.Span[RecordHeader.Size..]))
            {
                throw Damaged(path, window.At, next, "the record is not what was written");
            }

            if (record.Slot == slot && RecordFormat.IsEntry(record.Type))
            {
                // Invariant: the entries of a run are consecutive.
                if (record.Index != next.Value)
                {
                    throw Damaged(path, window.At, next, $"entry {record.Index} stands in its place");
                }

                if (next >= first)
                {
                    // A copy: otherwise each small value would keep a whole window, most of it entries of other slots.
                    entries[(int)(next.Value - first.Value)] =
                        RecordFormat.ReadEntry(record, bytes.Slice(RecordHeader.Size, record.BodyLength).ToArray());
                }

                next = next.Next;
            }

            window.Skip((int)record.PaddedLength);
        }
    }

    private static StoreDamagedException Damaged(string path, long offset, LogIndex index, string what) =>
        new(new StoreDamage(path, offset, index, null, what));

    /// <summary>The bytes of a segment from an offset on.</summary>
    private sealed class Window(IDiskFile file, long at)
    {
        private ReadOnlyMemory<byte> _bytes;

        public long At { get; private set; } = at;

        /// <summary>The next bytes, exactly so many. Empty: the segment ends before.</summary>
        public ReadOnlyMemory<byte> Peek(long count)
        {
            if (count > _bytes.Length)
            {
                var size = Math.Min(Math.Max(count, WindowBytes), file.Length - At);
                if (size < count)
                {
                    return default;
                }

                var bytes = GC.AllocateUninitializedArray<byte>((int)size);
                _bytes = bytes.AsMemory(0, file.Read(At, bytes));
            }

            return count <= _bytes.Length ? _bytes[..(int)count] : default;
        }

        public void Skip(int count) => (At, _bytes) = (At + count, _bytes[count..]);
    }
}
