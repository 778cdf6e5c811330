using RaftActors.Core;
using RaftActors.Core.Codec;
using RaftActors.Storage.Disk;

namespace RaftActors.Storage.Log;

/// <summary>
/// Reads entries of a slot back from the segments, and checks each record. Thread-safe: each read opens the files anew, each file once.
/// </summary>
internal sealed class EntryReader(IDisk disk)
{
    /// <summary>Reads durable entries. Empty if one of them is discarded.</summary>
    /// <exception cref="StoreException">The disk cannot be read, or is damaged.</exception>
    public LogSlice Read(Slot slot, LogIndex first, LogIndex last)
    {
        for (var runs = slot.RunsOf(first, last); runs.Length > 0; runs = slot.RunsOf(first, last))
        {
            if (Read(slot, runs, first, last) is { } entries)
            {
                return entries;
            }
        }

        return default;
    }

    /// <returns>Null if the entries were moved or discarded meanwhile, and their segment deleted.</returns>
    private LogSlice? Read(Slot slot, EntryRun[] runs, LogIndex first, LogIndex last)
    {
        var entries = new LogEntry[checked((int)(last.Value - first.Value + 1))];
        Segment? segment = null;
        try
        {
            for (var i = 0; i < runs.Length; i++)
            {
                if (segment?.Number != runs[i].Segment)
                {
                    segment?.Dispose();
                    segment = new Segment(disk, runs[i].Segment);
                }

                // A later run holds what replaced the entries of this one.
                var end = i + 1 < runs.Length ? runs[i + 1].First : last.Next;
                segment.MoveTo(runs[i].Offset);
                ReadRun(slot.Number, segment, runs[i].First, end, entries, first);
            }
        }
        catch (FileNotFoundException) when (!slot.RunsOf(first, last).AsSpan().SequenceEqual(runs))
        {
            return null;
        }
        catch (Exception e) when (e is IOException and not StoreException)
        {
            throw new StoreException($"Cannot read the entries {first} to {last} of {slot.Owner}: {e.Message.TrimEnd('.')}. Repair the "
                + "disk, and start the process again.", e);
        }
        finally
        {
            segment?.Dispose();
        }

        return new LogSlice(entries);
    }

    private static void ReadRun(ushort slot, Segment segment, LogIndex next, LogIndex end, LogEntry[] entries, LogIndex first)
    {
        var (path, seed) = (segment.Path, segment.Seed);
        while (next < end)
        {
            if (BatchHeader.Stands(segment.Peek(BatchHeader.Size).Span, seed, segment.At))
            {
                segment.Skip(BatchHeader.Size);
                continue;
            }

            var header = segment.Peek(RecordHeader.Size);
            if (header.IsEmpty || RecordHeader.ChecksumOf(header.Span, seed, segment.At) != RecordHeader.ExpectedOf(header.Span))
            {
                throw Damaged(path, segment.At, next, "no record begins here");
            }

            var record = RecordHeader.Read(header.Span);
            var bytes = segment.Peek(record.PaddedLength);
            if (bytes.IsEmpty || record.BodyChecksum != Crc32C.Of(bytes.Span[RecordHeader.Size..]))
            {
                throw Damaged(path, segment.At, next, "the record is not what was written");
            }

            if (record.Slot == slot && record.Type == RecordType.Entry)
            {
                // Invariant: the entries of a run are consecutive.
                if (record.Index != next.Value)
                {
                    throw Damaged(path, segment.At, next, $"entry {record.Index} stands in its place");
                }

                if (next >= first)
                {
                    // Copied, because a small value would otherwise keep a whole window alive, most of it entries of other slots.
                    entries[(int)(next.Value - first.Value)] =
                        RecordFormat.ReadEntry(record, bytes.Slice(RecordHeader.Size, record.BodyLength).ToArray());
                }

                next = next.Next;
            }

            segment.Skip((int)record.PaddedLength);
        }
    }

    private static StoreDamagedException Damaged(string path, long offset, LogIndex index, string what) =>
        new(new StoreDamage(path, offset, index, null, what));

    /// <summary>
    /// An open segment, and its bytes that were read last. The first read is short, because most pages are. Each further one is twice as
    /// long.
    /// </summary>
    private sealed class Segment : IDisposable
    {
        private const int FirstBytes = 4 * 1024;
        private const int BytesMax = 64 * 1024;

        private readonly IDiskFile _file;
        private byte[] _buffer = [];
        private ReadOnlyMemory<byte> _bytes;
        private int _size = FirstBytes;

        public Segment(IDisk disk, long number)
        {
            var name = LogReader.NameOf(number);
            (Number, Path, _file) = (number, disk.PathOf(name), disk.Open(name));
            Span<byte> header = stackalloc byte[SegmentHeader.Size];
            try
            {
                _file.Read(0, header);
                Seed = SegmentHeader.Read(header, Path).Seed;
            }
            catch
            {
                _file.Dispose();
                throw;
            }
        }

        public long Number { get; }

        public string Path { get; }

        public uint Seed { get; }

        public long At { get; private set; }

        public void Dispose() => _file.Dispose();

        public void MoveTo(long offset) =>
            (At, _bytes) = (offset, offset >= At && offset - At <= _bytes.Length ? _bytes[(int)(offset - At)..] : default);

        /// <summary>Returns exactly this many next bytes, valid until the next call, or none if the segment ends before.</summary>
        public ReadOnlyMemory<byte> Peek(long count)
        {
            if (count > _bytes.Length)
            {
                var size = (int)Math.Min(Math.Max(count, _size), _file.Length - At);
                if (size < count)
                {
                    return default;
                }

                _buffer = size > _buffer.Length ? GC.AllocateUninitializedArray<byte>(size) : _buffer;
                _bytes = _buffer.AsMemory(0, _file.Read(At, _buffer.AsSpan(0, size)));
                _size = Math.Min(2 * _size, BytesMax);
            }

            return count <= _bytes.Length ? _bytes[..(int)count] : default;
        }

        public void Skip(int count) => (At, _bytes) = (At + count, _bytes[count..]);
    }
}
