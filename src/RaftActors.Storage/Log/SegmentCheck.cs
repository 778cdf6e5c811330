using RaftActors.Core;

namespace RaftActors.Storage.Log;

/// <summary>What is good in a segment, and what is bad: a torn end, or damage.</summary>
/// <param name="End">Where the segment ends: after the last batch that counts.</param>
/// <param name="Synced">Up to here it is known to be durable.</param>
/// <param name="Used">After this there are zeros.</param>
/// <param name="Batches">How many the log has with these.</param>
/// <param name="IsSealed">All of it is known to be durable, and nothing stands after it.</param>
/// <param name="Damage">What is bad before <paramref name="Synced"/>.</param>
/// <param name="Torn">The first thing that is bad after it, and is cut off, with all that follows.</param>
internal sealed record SegmentCheck(
    long End, long Synced, long Used, long Batches, bool IsSealed, IReadOnlyList<SegmentFault> Damage, SegmentFault? Torn)
{
    /// <param name="header">Of the segment.</param>
    /// <param name="bytes">All of it.</param>
    /// <param name="isWhole">The next segment says that all of these bytes are durable.</param>
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
                // A batch beyond a bad place says something too: what was durable before it was written.
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
            faults.Add(SegmentFault.Missing(scan.End, batches)); // Zeros up to the end, where batches were known to be.
        }

        var torn = faults.Find(fault => fault.Offset >= synced);
        var end = torn?.BatchOffset ?? scan.End;
        var isSealed = torn is null && scan.Used <= end && (synced == end || (last.IsSeal && synced == lastAt));
        var damage = faults.FindAll(fault => fault.Offset < synced);
        return new SegmentCheck(end, synced, scan.Used, torn?.Batches ?? batches, isSealed, damage, torn);
    }
}

/// <summary>A bad place of a segment.</summary>
/// <param name="Batches">How many the log has before the one that this is in.</param>
internal sealed record SegmentFault(
    long Offset, long BatchOffset, long Batches, ScanKind Kind, RecordHeader Record, uint Expected, uint Found)
{
    public SegmentFault(in LogScan scan, long batches)
        : this(scan.Offset, scan.BatchOffset, batches, scan.Kind, scan.Record, scan.Expected, scan.Found)
    {
    }

    /// <summary>From here on nothing stands, and something should.</summary>
    public static SegmentFault Missing(long offset, long batches) =>
        new(offset, offset, batches, ScanKind.BadBatch, default, 0, 0);

    /// <summary>For people.</summary>
    public StoreDamage DamageOf(string file)
    {
        var index = Kind == ScanKind.BadBody && Record.Index > 0 ? new LogIndex(Record.Index) : (LogIndex?)null;
        var what = Kind switch
        {
            ScanKind.BadBody => "a record is not what was written",
            ScanKind.BadRecord => "a record's header is not what was written",
            _ => "a batch is not what was written",
        };
        var hasSums = Expected != Found;
        return new StoreDamage(file, Offset, index, hasSums ? Expected : null, hasSums ? Found : null, what);
    }
}
