using RaftActors.Core;
using RaftActors.Core.Codec;

namespace RaftActors.Storage.Log;

/// <summary>
/// Encodes one batch, in a buffer that the next batch reuses. The checksums depend on the segment and the offset, so the bytes are for one
/// place only.
/// </summary>
/// <param name="keptSizeMax">A buffer above this size is released after its batch.</param>
internal sealed class BatchBuilder(int keptSizeMax)
{
    private readonly ByteWriter _writer = new();
    private uint _seed;
    private long _offset;

    public int Records { get; private set; }

    public int Entries { get; private set; }

    /// <summary>In bytes, with the batch header.</summary>
    public int Length => _writer.Length;

    public bool IsEmpty => Records == 0;

    /// <summary>The encoded bytes, valid until the next batch begins.</summary>
    public ReadOnlySpan<byte> Written => _writer.Written;

    /// <summary>The offset of the next record in the segment.</summary>
    public long NextOffset => _offset + _writer.Length;

    /// <param name="seed">The seed of the segment's checksums.</param>
    /// <param name="offset">The place of the batch, or of its further records, in the segment.</param>
    /// <param name="isFurther">Further records of a batch whose header is written later.</param>
    public void Begin(uint seed, long offset, bool isFurther = false)
    {
        (_seed, _offset, Records, Entries) = (seed, offset, 0, 0);
        _writer.Clear(keptSizeMax);
        _writer.Room(isFurther ? 0 : BatchHeader.Size);
    }

    /// <summary>Ends the batch and returns its bytes, which are valid until the next <see cref="Begin"/>.</summary>
    /// <param name="synced">The segment is durable up to this offset.</param>
    /// <param name="before">The number of batches in the log before this one.</param>
    public ReadOnlySpan<byte> End(long synced, long before)
    {
        new BatchHeader(_writer.Length, Records, synced, before).Write(_writer.Written, _seed, _offset);
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
        RecordFormat.WriteHardState(_writer, state);
        EndRecord(start, RecordType.HardState, slot, term: state.Term.Value);
    }

    /// <param name="type"><see cref="RecordType.Base"/> or <see cref="RecordType.Installed"/>.</param>
    /// <param name="log">The range of the log after the record.</param>
    public void AddBase(ushort slot, RecordType type, in LogRange log)
    {
        var start = BeginRecord();
        var position = log.Base;
        RecordFormat.WriteBase(_writer, position, log.Last);
        EndRecord(start, type, slot, position.Index.Value, position.Term.Value, position.Serial.Value);
    }

    public void AddCommitted(ushort slot, LogIndex index) => EndRecord(BeginRecord(), RecordType.Committed, slot, index.Value);

    public void AddForgotten(ushort slot) => EndRecord(BeginRecord(), RecordType.Forgotten, slot);

    public void AddEntry(ushort slot, in LogEntry entry)
    {
        var start = BeginRecord();
        EntryFormat.WritePayload(_writer, entry);
        EndRecord(start, RecordType.Entry, slot, entry.Index.Value, entry.Term.Value, entry.Serial.Value);
        Entries++;
    }

    private int BeginRecord()
    {
        var start = _writer.Length;
        _writer.Room(RecordHeader.Size);
        return start;
    }

    private void EndRecord(int start, RecordType type, ushort slot, long index = 0, long term = 0, long serial = 0)
    {
        var length = _writer.Length - start;
        _writer.Room((int)RecordHeader.Padded(length) - length);
        var record = _writer.Written[start..];
        var checksum = Crc32C.Of(record[RecordHeader.Size..]);
        new RecordHeader(checksum, length, type, slot, index, term, serial).Write(record, _seed, _offset + start);
        Records++;
    }
}
