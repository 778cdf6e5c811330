using RaftActors.Core;
using RaftActors.Storage.Log;
using RaftActors.Storage.Snapshots;

namespace RaftActors.Storage.Tools;

/// <summary>
/// Writes the plan of <see cref="LostQuorum"/> into a survivor's store. Moves the old files aside, and keeps the other stores of the
/// log. A crash at any point leaves the store as it was, or a store that the same recovery completes.
/// </summary>
internal sealed class LostQuorumStore : IDisposable
{
    private const string Folder = "before-recover";
    private const int PieceSize = 1 << 20;

    private readonly OfflineDirectory _offline;
    private readonly LogReader _reader;
    private readonly ushort _slot;
    private readonly string? _snapshot;

    private LostQuorumStore(OfflineDirectory offline, LogReader reader, ushort slot, string? snapshot, LostQuorumPlan plan) =>
        (_offline, _reader, _slot, _snapshot, Plan) = (offline, reader, slot, snapshot, plan);

    /// <summary>The plan.</summary>
    public LostQuorumPlan Plan { get; }

    /// <summary>Locks the directory, and makes the plan.</summary>
    /// <param name="directory">The directory of the store.</param>
    /// <param name="owner">The process to recover.</param>
    /// <param name="survivors">The names of all survivors, this process included.</param>
    /// <param name="isSharedAllowed">True: accepts a directory that other users can change.</param>
    /// <exception cref="StoreException">The recovery is unsafe or impossible. The message has the reason and the remedy.</exception>
    public static LostQuorumStore Open(string directory, StoreOwner owner, IEnumerable<ProcessName> survivors, bool isSharedAllowed)
    {
        var offline = OfflineDirectory.ToChange(directory, isSharedAllowed);
        try
        {
            return Open(offline, owner, survivors);
        }
        catch
        {
            offline.Dispose();
            throw;
        }
    }

    /// <summary>Writes the plan.</summary>
    /// <returns>The path of the folder with the old files.</returns>
    public string Apply()
    {
        var folder = _offline.MakeFolder(Folder);
        if (_snapshot is not null)
        {
            CopySnapshot(folder);
        }

        var slots = _reader.Slots.Select(slot => slot.Number == _slot
            ? RewrittenSlot.Of(slot) with { HardState = Plan.State.HardState, Entries = Plan.State.Log }
            : RewrittenSlot.Of(slot));
        var last = LogRewrite.Write(_offline.Disk, _reader, slots);
        if (_snapshot is not null)
        {
            WriteSnapshot();
        }

        _offline.MoveSegments(last, folder);
        return _offline.Disk.PathOf(folder);
    }

    /// <summary>Unlocks the directory.</summary>
    public void Dispose() => _offline.Dispose();

    private static LostQuorumStore Open(OfflineDirectory offline, StoreOwner owner, IEnumerable<ProcessName> survivors)
    {
        var report = LogVerify.Check(offline);
        if (report.Damages is [var damage, ..])
        {
            throw new StoreException($"{damage.Place.File} at {damage.Place.Offset} is damaged: {damage.Place.What}. A damaged store "
                + "cannot be recovered. Move it aside with 'raft log repair', and recover the other survivors without it.");
        }

        var reader = new LogReader(offline.Disk);
        reader.ReadHeaders();
        reader.ReadAll();
        var slot = reader.Slots.FirstOrDefault(one => one.Owner == owner)
            ?? throw new StoreException($"{offline.Path} has no store of {owner}. It has those of {string.Join(", ", report.Owners)}.");
        var (name, snapshot) = LatestSnapshot(offline, slot.Number);
        var state = new InitialState(slot.HardState ?? InitialState.Empty.HardState, slot.Entries)
        {
            Base = slot.Range.Base,
            Snapshot = snapshot,
        };
        return new LostQuorumStore(offline, reader, slot.Number, name, LostQuorum.Plan(owner, slot.Incarnation, state, survivors));
    }

    private static (string? Name, Snapshot? Snapshot) LatestSnapshot(OfflineDirectory offline, ushort slot)
    {
        var folder = SnapshotName.FolderOf(slot);
        if (!offline.SnapshotFolders.Contains(folder))
        {
            return default;
        }

        var arrived = offline.Disk.List(folder).FirstOrDefault(name => SnapshotName.Parse(name, SnapshotName.Arrived) is not null);
        if (arrived is not null)
        {
            throw new StoreException($"{offline.Disk.PathOf($"{folder}/{arrived}")} was received just before the process stopped. "
                + "Start the process once, so that it installs or deletes this snapshot. Stop it, and recover then.");
        }

        var latest = offline.Disk.List(folder).LastOrDefault(name => SnapshotName.Parse(name, SnapshotName.Whole) is not null);
        if (latest is null)
        {
            return default;
        }

        using var file = SnapshotFile.Open(offline.Disk, $"{folder}/{latest}");
        return ($"{folder}/{latest}", file.Snapshot);
    }

    private void CopySnapshot(string folder)
    {
        var target = $"{folder}/{_snapshot}";
        var parent = target[..target.LastIndexOf('/')];
        _offline.Disk.CreateFolder(parent);
        using (var from = _offline.Disk.Open(_snapshot!))
        using (var to = _offline.Disk.Create(target, from.Length))
        {
            var piece = new byte[PieceSize];
            for (long offset = 0; offset < from.Length;)
            {
                var read = from.Read(offset, piece);
                to.Write(offset, piece.AsSpan(0, read));
                offset += read;
            }

            to.Sync();
        }

        _offline.Disk.SyncFoldersUpFrom(parent);
    }

    /// <summary>Replaces the snapshot atomically.</summary>
    private void WriteSnapshot()
    {
        var (disk, snapshot) = (_offline.Disk, Plan.State.Snapshot!);
        var unfinished = _snapshot![..^SnapshotName.Whole.Length] + SnapshotName.Unfinished;
        using (var from = SnapshotFile.Open(disk, _snapshot))
        using (var writer = new SnapshotWriter(disk, unfinished, Plan.Owner, snapshot, snapshot.Length))
        {
            for (long offset = 0; offset < snapshot.Length;)
            {
                var piece = from.TryRead(offset, PieceSize)!;
                writer.Append(piece);
                offset += piece.Length;
            }

            writer.Finish();
        }

        disk.Rename(unfinished, _snapshot);
        disk.SyncFolder(_snapshot[.._snapshot.LastIndexOf('/')]);
    }
}
