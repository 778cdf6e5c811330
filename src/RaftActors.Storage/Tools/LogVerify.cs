using System.Collections.Immutable;

using RaftActors.Core;
using RaftActors.Storage.Log;
using RaftActors.Storage.Snapshots;

namespace RaftActors.Storage.Tools;

/// <summary>Checks every byte of a directory that no process uses. Changes nothing.</summary>
internal sealed class LogVerify(OfflineDirectory offline, Action<string>? onStep, CancellationToken cancellationToken, bool isPart)
{
    private readonly List<(SegmentFault Fault, string Path)> _faults = [];
    private readonly Dictionary<ushort, List<long>> _indices = [];
    private readonly SortedDictionary<ushort, StoreOwner> _owners = [];
    private readonly HashSet<ushort> _forgotten = [];
    private readonly List<LogDamage> _damages = [];
    private readonly List<string> _notes = [];
    private int _segments;
    private long _records;
    private int _snapshots;
    private long _tornBytes;

    /// <param name="onStep">Told what is being read, such as "segment 3 of 7".</param>
    /// <exception cref="StoreException">
    /// The directory has no log, is in use, has another version or a file of another program, or cannot be read.
    /// </exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static LogReport Check(string directory, Action<string>? onStep = null, CancellationToken cancellationToken = default)
    {
        using var offline = OfflineDirectory.ToRead(directory);
        return Check(offline, onStep, cancellationToken);
    }

    /// <param name="isPart">The entries before the log may be elsewhere, without a snapshot that covers them.</param>
    internal static LogReport Check(
        OfflineDirectory offline, Action<string>? onStep, CancellationToken cancellationToken, bool isPart = false) =>
        new LogVerify(offline, onStep, cancellationToken, isPart).Check();

    private LogReport Check()
    {
        StoreFiles.RefuseForeign(offline.Disk, "");
        StoreFiles.RefuseForeign(offline.Disk, LogReader.Folder);
        var all = offline.SegmentNumbers().Count();
        foreach (var (segment, end, isLast) in offline.Segments())
        {
            cancellationToken.ThrowIfCancellationRequested();
            onStep?.Invoke($"segment {++_segments} of {all}");
            Scan(segment, offline.Disk.PathOf(segment.Name), end, isLast);
        }

        // After all segments, because the owner record of a slot may come after the damage.
        _damages.AddRange(
            from fault in _faults
            where fault.Fault.Record is not { Slot: var slot } || !_forgotten.Contains(slot)
            select DamageOf(fault.Fault, fault.Path));
        onStep?.Invoke("content of the stores");
        ImmutableArray<CheckedStore> stores = [.. Slots().Select(Report)];
        return new LogReport(
            offline.Path, _segments, _records, _snapshots, _tornBytes, [.. _damages], stores, [.. _owners.Values.Distinct()], [.. _notes]);
    }

    private void Scan(LogSegment segment, string path, long? end, bool isLast)
    {
        if (segment.Header is not { } header)
        {
            _damages.Add(new LogDamage(segment.Damage!, null, 0));
            return;
        }

        var bytes = segment.UpTo(end);
        if (bytes.Length < end)
        {
            var what = $"the segment should have {end} bytes";
            _damages.Add(new LogDamage(new StoreDamage(path, bytes.Length, null, null, what), null, 0));
        }

        var check = SegmentCheck.Of(header, bytes, end is not null);
        _faults.AddRange(check.Damage.Select(fault => (fault, path)));
        _tornBytes = isLast ? check.Used - Math.Min(check.Used, check.End) : 0;
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
        _records++;
        var header = scan.Record;
        switch (header.Type)
        {
            case RecordType.Owner:
                _owners[header.Slot] = RecordFormat.ReadOwner(scan.Body.Span).Owner;
                break;
            case RecordType.Forgotten:
                _owners.Remove(header.Slot);
                _forgotten.Add(header.Slot);
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

    private LogDamage DamageOf(SegmentFault fault, string path) =>
        fault.Record is { } record && _owners.TryGetValue(record.Slot, out var owner)
            ? new LogDamage(fault.DamageOf(path), owner, EntriesAfter(record))
            : new LogDamage(fault.DamageOf(path), null, 0);

    private long EntriesAfter(RecordHeader record) => record.Index > 0 && _indices.TryGetValue(record.Slot, out var indices)
        ? indices.Where(index => index > record.Index).Distinct().LongCount()
        : 0;

    /// <summary>Reads the slots. Damage to one slot does not affect the others. Damage to the whole log leaves none.</summary>
    private IReadOnlyCollection<SlotReplay> Slots()
    {
        if (_damages.Exists(damage => damage.Owner is null))
        {
            return [];
        }

        var reader = new LogReader(offline.Disk, keptMax: 0);
        try
        {
            reader.ReadHeaders();
            reader.ReadAll();
            return reader.Slots;
        }
        catch (StoreDamagedException e)
        {
            _damages.Add(new LogDamage(e.Damage, null, 0));
            return [];
        }
    }

    private CheckedStore Report(SlotReplay slot)
    {
        var owner = slot.Owner;
        var latest = LatestSnapshotOf(slot);
        if (slot.Damage is { } damage
            && !_damages.Exists(one => one.Owner == owner && (one.Place.File, one.Place.Offset) == (damage.File, damage.Offset)))
        {
            _damages.Add(new LogDamage(damage, owner, 0));
        }

        if (!isPart)
        {
            DemandSnapshot(slot, latest);
        }

        return new CheckedStore(
            owner,
            slot.Incarnation,
            slot.HardState ?? InitialState.Empty.HardState,
            slot.Range.Base,
            LogEnd.Of(slot.Range.Base, slot.Entries, latest),
            latest?.Position.Index,
            !_damages.Exists(one => one.Owner is null || one.Owner == owner));
    }

    /// <summary>Checks the snapshots of a slot, and returns the latest intact one. Only the latest must be intact.</summary>
    private Snapshot? LatestSnapshotOf(SlotReplay slot)
    {
        var folder = SnapshotName.FolderOf(slot.Number);
        var (latest, damaged) = (default(Snapshot), default(StoreDamage));
        var installed = slot.Installed.Select(SnapshotName.Of).ToHashSet();
        foreach (var name in offline.SnapshotFolders.Contains(folder) ? offline.Disk.List(folder) : [])
        {
            var counts = SnapshotName.Parse(name, SnapshotName.Whole) is not null
                || (SnapshotName.Parse(name, SnapshotName.Arrived) is { } arrived && installed.Contains(arrived));
            if (!counts)
            {
                continue;
            }

            onStep?.Invoke($"snapshot {folder}/{name}");
            try
            {
                using var file = SnapshotFile.Open(offline.Disk, $"{folder}/{name}", slot.Owner);
                file.Verify(cancellationToken);
                (latest, damaged) = (file.Snapshot, null);
                _snapshots++;
            }
            catch (StoreDamagedException e)
            {
                damaged = e.Damage;
                _notes.Add($"{e.Damage.File} at {e.Damage.Offset} is damaged: {e.Damage.What}. This earlier snapshot is not needed.");
            }
        }

        if (damaged is not null)
        {
            _notes.RemoveAt(_notes.Count - 1);
            _damages.Add(new LogDamage(damaged, slot.Owner, 0));
        }

        return latest;
    }

    /// <summary>
    /// Demands a snapshot of the entries before the log. Without one the process refuses to start, although all bytes are intact.
    /// </summary>
    private void DemandSnapshot(SlotReplay slot, Snapshot? latest)
    {
        var start = slot.Range.Base;
        if (start.Index > LogIndex.Zero && !(latest?.Position.Index >= start.Index) && !_damages.Exists(one => one.Owner == slot.Owner))
        {
            var folder = offline.Disk.PathOf(SnapshotName.FolderOf(slot.Number));
            var what = latest is null
                ? $"the log begins after {start}, and there is no snapshot of the entries before"
                : $"the log begins after {start}, and the latest snapshot goes only up to {latest.Position}";
            _damages.Add(new LogDamage(new StoreDamage(folder, 0, start.Index, null, what), slot.Owner, 0));
        }
    }
}
