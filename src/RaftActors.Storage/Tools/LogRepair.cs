using RaftActors.Storage.Log;
using RaftActors.Storage.Snapshots;

namespace RaftActors.Storage.Tools;

/// <summary>
/// Moves the damaged stores of a directory aside, so that their processes start with empty stores. The other stores of the log stay as
/// they are. Deletes nothing. After a crash at any point, the directory can be repaired again.
/// </summary>
internal sealed class LogRepair : IDisposable
{
    private const string Folder = "damaged";

    private readonly OfflineDirectory _offline;

    private LogRepair(OfflineDirectory offline, LogReport report) => (_offline, Report) = (offline, report);

    public LogReport Report { get; }

    // The damage concerns the whole log, so every store of the directory will be empty.
    private bool IsWholeLog => Report.Damages.Any(damage => damage.Owner is null);

    /// <summary>Locks the directory and checks all of it.</summary>
    /// <param name="isSharedAllowed">Accepts a directory that other users can change.</param>
    /// <param name="onStep">Told what is being read.</param>
    /// <exception cref="StoreException">The directory has no log, is in use, has another version, cannot be read, or other users can
    /// change it.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static LogRepair Open(
        string directory, bool isSharedAllowed, Action<string>? onStep = null, CancellationToken cancellationToken = default) =>
        OfflineDirectory.ToChange(
            directory, isSharedAllowed, offline => new LogRepair(offline, LogVerify.Check(offline, onStep, cancellationToken)));

    /// <summary>Moves the damaged stores aside. Returns the path of the folder with the moved files.</summary>
    public string Apply()
    {
        if (Report.IsWhole)
        {
            throw new InvalidOperationException("The directory has no damage, so there is nothing to repair.");
        }

        var folder = _offline.MakeFolder(Folder);
        if (IsWholeLog)
        {
            MoveAll(folder);
        }
        else
        {
            MoveLost(folder);
        }

        return _offline.Disk.PathOf(folder);
    }

    public void Dispose() => _offline.Dispose();

    private void MoveAll(string folder)
    {
        foreach (var snapshots in _offline.SnapshotFolders.ToList())
        {
            _offline.MoveSnapshots(snapshots, folder);
        }

        _offline.MoveSegments(last: null, folder);
    }

    // The snapshots are moved before the segments. Without its owner record a slot number may be reused, and its new owner must not find
    // old snapshots.
    private void MoveLost(string folder)
    {
        var reader = LogReader.OfAll(_offline.Disk);
        var lost = Report.Lost.ToHashSet();
        foreach (var slot in reader.Slots.Where(slot => lost.Contains(slot.Owner)))
        {
            _offline.MoveSnapshots(SnapshotName.FolderOf(slot.Number), folder);
        }

        var kept = reader.Slots.Where(slot => !lost.Contains(slot.Owner)).Select(slot => (slot, slot.HardState, slot.Entries)).ToList();
        long? last = kept.Count > 0 ? LogRewrite.Write(_offline.Disk, reader, kept) : null;
        _offline.MoveSegments(last, folder);
    }
}
