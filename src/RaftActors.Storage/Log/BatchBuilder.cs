using RaftActors.Codec;
using RaftActors.Core;

namespace RaftActors.Storage.Log;

/// <summary>
/// Makes the bytes of one batch, in memory that is used again. For one place in one segment, since checksums depend on it.
/// </summary>
/// <param name="keptSizeMax">Memory above this is given back after a batch that needed more.</param>
internal sealed class BatchBuilder(int keptSizeMax)
{
    private readonly ByteWriter _writer = new();
    private uint _seed;
    private long _offset;
    private int _records;

    /// <summary>In bytes, with the header.</summary>
    public int Length => _writer.Length;

    public bool IsEmpty => _records == 0;

    public void Begin(uint seed, long offset)
    {
        (_seed, _offset, _records) = (seed, offset, 0);
        _writer.Clear(keptSizeMax);
        _writer.Room(BatchHeader.Size);
    }

    /// <summary>Done: the bytes, until the next beginning.</summary>
    public ReadOnlySpan<byte> End(long synced, long before)
    {
        new BatchHeader(_writer.Length, _records, synced, before).Write(_writer.Written, _seed, _offset);
        return _writer.Written;
    }

    public void AddOwner(ushort slot, StoreOwner owner, Incarnation incarnation)
    {
        var start = BeginRecord();
        RecordFormat.WriteOwner(_writer, owner, incarnation);
        EndRecord(start, RecordType.Owner, slot);
    }

    public void AddHardState(ushort slot, HardState state)
    {
        var start = BeginRecord();
        var flags = RecordFormat.WriteHardState(_writer, state);
        EndRecord(start, RecordType.HardState, slot, term: state.Term.Value, flags: flags);
    }

    /// <param name="type"><see cref="RecordType.Base"/> or <see cref="RecordType.Installed"/>.</param>
    /// <param name="last">Where the log ends then.</param>
    public void AddBase(ushort slot, RecordType type, LogPosition position, LogIndex last)
    {
        var start = BeginRecord();
        RecordFormat.WriteBase(_writer, position.Hash, last);
        EndRecord(start, type, slot, position.Index.Value, position.Term.Value, position.Serial.Value);
    }

    public void AddEntry(ushort slot, in LogEntry entry)
    {
        var start = BeginRecord();
        var flags = RecordFormat.WritePayload(_writer, entry.Payload);
        EndRecord(
            start, RecordFormat.TypeOf(entry.Payload), slot, entry.Index.Value, entry.Term.Value, entry.Serial.Value, flags);
    }

    private int BeginRecord()
    {
        var start = _writer.Length;
        _writer.Room(RecordHeader.Size);
        return start;
    }

    private void EndRecord(int start, RecordType type, ushort slot, long index = 0, long term = 0, long serial = 0, byte flags = 0)
    {
        var length = _writer.Length - start;
        _writer.Room((int)RecordHeader.Padded(length) - length);
        var record = _writer.Written[start..];
        var checksum = Crc32C.Of(record[RecordHeader.Size..]);
        new RecordHeader(checksum, length, type, flags, slot, index, term, serial).Write(record, _seed, _offset + start);
        _records++;
    }
}
