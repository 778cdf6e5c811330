using System.Collections.Immutable;

using RaftActors.Core;
using RaftActors.Storage.Disk;
using RaftActors.Storage.Log;
using RaftActors.Storage.Snapshots;

namespace RaftActors.Storage.Tools;

/// <summary>Checks every byte of a directory that no process uses. Changes nothing.</summary>
internal static class LogVerify
{
    /// <param name="onStep">Told what is being read, such as "segment 3 of 7".</param>
    /// <exception cref="StoreException">The directory has no log, is in use, has another version, or cannot be read.</exception>
    public static LogReport Check(string directory, Action<string>? onStep = null)
    {
        using var offline = OfflineDirectory.ToRead(directory);
        return Check(offline, onStep);
    }

    /// <param name="isPart">The entries before the log may be elsewhere, without a snapshot that covers them.</param>
    internal static LogReport Check(OfflineDirectory offline, Action<string>? onStep = null, bool isPart = false)
    {
        var scanned = ScannedLog.Of(offline, onStep);
        onStep?.Invoke("content of the stores");
        var damages = scanned.Damages.ToList();
        var (stores, notes, snapshots) = (new List<StoreReport>(), new List<string>(), 0);
        foreach (var slot in SlotsOf(offline.Disk, damages))
        {
            var owner = slot.Owner;
            var kept = SnapshotsOf(offline, slot, damages, notes, onStep);
            snapshots += kept.Count;
            var latest = kept.Count > 0 ? kept[^1] : null;
            if (slot.Damage is { } damage && !damages.Exists(one => one.Owner == owner && IsSamePlace(one.Place, damage)))
            {
                damages.Add(new LogDamage(damage, owner, 0));
            }

            if (!isPart)
            {
                Compare(offline, slot, latest, owner, damages);
            }

            stores.Add(new StoreReport(
                owner,
                slot.Incarnation,
                slot.HardState ?? InitialState.Empty.HardState,
                slot.Range.Base,
                LogEnd.Of(slot.Range.Base, slot.Entries, latest),
                latest?.Position.Index,
                !damages.Exists(one => one.Owner is null || one.Owner == owner)));
        }

        return new LogReport(
            offline.Path,
            scanned.Segments,
            scanned.Records,
            snapshots,
            scanned.TornBytes,
            [.. damages],
            [.. stores],
            [.. scanned.Owners.Values.Distinct()],
            [.. notes]);
    }

    /// <summary>Reads the slots. Damage to one slot does not affect the others. Damage to the whole log leaves none.</summary>
    private static IReadOnlyCollection<SlotReplay> SlotsOf(IDisk disk, List<LogDamage> damages)
    {
        if (damages.Exists(damage => damage.Owner is null))
        {
            return [];
        }

        var reader = new LogReader(disk, keptMax: 0);
        try
        {
            reader.ReadHeaders();
            reader.ReadAll();
            return reader.Slots;
        }
        catch (StoreDamagedException e)
        {
            damages.Add(new LogDamage(e.Damage, null, 0));
            return [];
        }
    }

    /// <summary>Checks the snapshots of a slot, and returns the intact ones, the latest last. Only the latest must be intact.</summary>
    private static List<Snapshot> SnapshotsOf(
        OfflineDirectory offline, SlotReplay slot, List<LogDamage> damages, List<string> notes, Action<string>? onStep)
    {
        var (kept, folder) = (new List<Snapshot>(), SnapshotName.FolderOf(slot.Number));
        StoreDamage? latest = null;
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
                using var file = SnapshotFile.Open(offline.Disk, $"{folder}/{name}");
                file.Verify();
                kept.Add(file.Snapshot);
                latest = null;
            }
            catch (StoreDamagedException e)
            {
                latest = e.Damage;
                notes.Add($"{e.Damage.File} at {e.Damage.Offset} is damaged: {e.Damage.What}. This earlier snapshot is not needed.");
            }
        }

        if (latest is not null)
        {
            notes.RemoveAt(notes.Count - 1);
            damages.Add(new LogDamage(latest, slot.Owner, 0));
        }

        return kept;
    }

    /// <summary>
    /// Demands a snapshot of the entries before the log. Without one the process refuses to start, although all bytes are intact.
    /// </summary>
    private static void Compare(OfflineDirectory offline, SlotReplay slot, Snapshot? latest, StoreOwner owner, List<LogDamage> damages)
    {
        var start = slot.Range.Base;
        if (start.Index > LogIndex.Zero && !(latest?.Position.Index >= start.Index) && !damages.Exists(one => one.Owner == owner))
        {
            var folder = offline.Disk.PathOf(SnapshotName.FolderOf(slot.Number));
            var what = latest is null
                ? $"the log begins after {start}, and there is no snapshot of the entries before"
                : $"the log begins after {start}, and the latest snapshot goes only up to {latest.Position}";
            damages.Add(new LogDamage(new StoreDamage(folder, 0, start.Index, null, what), owner, 0));
        }
    }

    private static bool IsSamePlace(StoreDamage one, StoreDamage other) => one.File == other.File && one.Offset == other.Offset;
}
