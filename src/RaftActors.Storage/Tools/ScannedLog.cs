using RaftActors.Storage.Log;

namespace RaftActors.Storage.Tools;

/// <summary>A scan of all records of a log, good and bad: their number, their owners, and the damage.</summary>
internal sealed class ScannedLog
{
    private readonly List<(SegmentFault Fault, string Path)> _faults = [];
    private readonly Dictionary<ushort, List<long>> _indices = [];

    public int Segments { get; private set; }

    public long Records { get; private set; }

    public long TornBytes { get; private set; }

    public SortedDictionary<ushort, StoreOwner> Owners { get; } = [];

    public List<LogDamage> Damages { get; } = [];

    public static ScannedLog Of(OfflineDirectory offline, Action<string>? onStep = null)
    {
        var scanned = new ScannedLog();
        var all = offline.SegmentNumbers().Count();
        foreach (var (segment, end, isLast) in offline.Segments())
        {
            onStep?.Invoke($"segment {scanned.Segments + 1} of {all}");
            scanned.Add(segment, offline.Disk.PathOf(segment.Name), end, isLast);
        }

        scanned.Charge();
        return scanned;
    }

    private void Add(LogSegment segment, string path, long? end, bool isLast)
    {
        Segments++;
        if (segment.Header is not { } header)
        {
            Damages.Add(new LogDamage(segment.Damage!, null, 0));
            return;
        }

        var bytes = segment.UpTo(end);
        if (bytes.Length < end)
        {
            var what = $"the segment should have {end} bytes";
            Damages.Add(new LogDamage(new StoreDamage(path, bytes.Length, null, null, what), null, 0));
        }

        var check = SegmentCheck.Of(header, bytes, end is not null);
        _faults.AddRange(check.Damage.Select(fault => (fault, path)));
        TornBytes = isLast ? check.Used - Math.Min(check.Used, check.End) : 0;
        var scan = new LogScan(header, bytes[..(int)Math.Min(check.End, bytes.Length)]);
        while (scan.MoveNext())
        {
            if (scan.Kind == ScanKind.Record)
            {
                Count(scan);
            }
        }
    }

    private void Count(in LogScan scan)
    {
        Records++;
        var header = scan.Record;
        switch (header.Type)
        {
            case RecordType.Owner:
                Owners[header.Slot] = RecordFormat.ReadOwner(scan.Body.Span).Owner;
                break;
            case RecordType.Entry:
                if (!_indices.TryGetValue(header.Slot, out var indices))
                {
                    _indices.Add(header.Slot, indices = []);
                }

                indices.Add(header.Index);
                break;
        }
    }

    // Runs after all segments are read, because the owner record of a slot may come after the damage.
    private void Charge()
    {
        foreach (var (fault, path) in _faults)
        {
            var damage = fault.DamageOf(path);
            Damages.Add(fault.Record is { } record && Owners.TryGetValue(record.Slot, out var owner)
                ? new LogDamage(damage, owner, EntriesAfter(record))
                : new LogDamage(damage, null, 0));
        }
    }

    private long EntriesAfter(in RecordHeader record)
    {
        var index = record.Index;
        return index > 0 && _indices.TryGetValue(record.Slot, out var indices)
            ? indices.Where(one => one > index).Distinct().LongCount()
            : 0;
    }
}
