namespace RaftActors.Storage.Log;

/// <summary>The result of a check of one segment: its good part, its damage, and its torn tail.</summary>
/// <param name="End">The offset after the last batch that counts.</param>
/// <param name="Synced">The offset up to which the segment is known to be durable.</param>
/// <param name="Used">The offset after which all bytes are zero.</param>
/// <param name="Batches">The number of batches of the log up to the end of this segment.</param>
/// <param name="IsSealed">The whole segment is known to be durable, and only zeros follow.</param>
/// <param name="Damage">The bad places before <paramref name="Synced"/>.</param>
/// <param name="Torn">The first bad place after <paramref name="Synced"/>, or null. It is cut off with its batch and all that
/// follows.</param>
internal sealed record SegmentCheck(
    long End, long Synced, long Used, long Batches, bool IsSealed, IReadOnlyList<SegmentFault> Damage, SegmentFault? Torn)
{
    /// <param name="isWhole">All these bytes are durable, because the next segment records their number.</param>
    public static SegmentCheck Of(SegmentHeader header, ReadOnlyMemory<byte> bytes, bool isWhole)
    {
        var faults = new List<SegmentFault>();
        var synced = isWhole ? bytes.Length : header.Born;
        var (batches, last, lastAt) = (0L, default(BatchHeader), 0L);
        var scan = new LogScan(header, bytes);
        while (scan.MoveNext())
        {
            if (scan.Kind == ScanKind.Batch)
            {
                // A batch after a bad place counts here too: it records how much was durable before it was written.
                synced = Math.Max(synced, scan.Batch.Synced);
                (last, lastAt, batches) = (scan.Batch, scan.Offset, scan.Batch.Before + 1);
            }
            else if (scan.Kind != ScanKind.Record)
            {
                faults.Add(new SegmentFault(scan, scan.Kind == ScanKind.BadBatch ? batches : scan.Batch.Before));
            }
        }

        if (scan.End < synced)
        {
            faults.Add(SegmentFault.Missing(scan.End, batches)); // Zeros in the place of durable batches.
        }

        var torn = faults.Find(fault => fault.Offset >= synced);
        var end = torn?.BatchOffset ?? scan.End;
        var isSealed = torn is null && scan.Used <= end && (synced == end || (last.IsSeal && synced == lastAt));
        var damage = faults.FindAll(fault => fault.Offset < synced);
        return new SegmentCheck(end, synced, scan.Used, torn?.Batches ?? batches, isSealed, damage, torn);
    }
}

/// <summary>A bad place of a segment.</summary>
/// <param name="Offset">The place, in bytes from the beginning of the segment.</param>
/// <param name="BatchOffset">The beginning of the batch around the place.</param>
/// <param name="Batches">The number of batches in the log before that batch.</param>
/// <param name="Record">The header of a record with a bad body, or null if no header can be read.</param>
/// <param name="Mismatch">The wrong checksum, or null if the damage is another one.</param>
internal sealed record SegmentFault(
    long Offset, long BatchOffset, long Batches, ScanKind Kind, RecordHeader? Record, ChecksumMismatch? Mismatch)
{
    public SegmentFault(in LogScan scan, long batches)
        : this(
            scan.Offset,
            scan.BatchOffset,
            batches,
            scan.Kind,
            scan.Kind == ScanKind.BadBody ? scan.Record : null,
            scan.Mismatch)
    {
    }

    /// <summary>A place where zeros follow instead of durable batches.</summary>
    public static SegmentFault Missing(long offset, long batches) =>
        new(offset, offset, batches, ScanKind.BadBatch, null, null);

    /// <summary>Describes the place for an operator.</summary>
    public StoreDamage DamageOf(string file)
    {
        var index = Record?.Index is { } value and > 0 ? new LogIndex(value) : (LogIndex?)null;
        var what = Kind switch
        {
            ScanKind.BadBody => "a record is not what was written",
            ScanKind.BadRecord => "a record's header is not what was written",
            _ => "a batch is not what was written",
        };
        return new StoreDamage(file, Offset, index, Mismatch, what);
    }
}
