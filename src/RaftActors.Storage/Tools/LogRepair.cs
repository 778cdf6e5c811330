using RaftActors.Storage.Log;
using RaftActors.Storage.Snapshots;

namespace RaftActors.Storage.Tools;

/// <summary>
/// Moves what is damaged in a directory out of the way, so that its processes start empty, as new ones. The other stores of the log
/// stay as they are. Deletes nothing. A crash at any point leaves what can be repaired again.
/// </summary>
public sealed class LogRepair : IDisposable
{
    private const string Folder = "damaged";

    private readonly OfflineDirectory _offline;

    private LogRepair(OfflineDirectory offline, LogReport report) => (_offline, Report) = (offline, report);

    /// <summary>What is there.</summary>
    public LogReport Report { get; }

    /// <summary>Whose stores will be empty.</summary>
    public IEnumerable<StoreOwner> Lost => IsWholeLog
        ? Report.Owners
        : Report.Damages.Select(damage => damage.Owner!.Value).Distinct();

    /// <summary>It cannot be told whose the damage is, so nobody can keep anything.</summary>
    public bool IsWholeLog => Report.Damages.Any(damage => damage.Owner is null);

    /// <summary>Takes the directory, and checks all of it.</summary>
    /// <exception cref="StoreException">The directory is none, somebody uses it, it is of a newer format, or cannot be read.</exception>
    public static LogRepair Open(string directory)
    {
        var offline = OfflineDirectory.ToChange(directory);
        try
        {
            return new LogRepair(offline, LogVerify.Check(offline));
        }
        catch
        {
            offline.Dispose();
            throw;
        }
    }

    /// <summary>Does it.</summary>
    /// <returns>The path of the folder with what was there.</returns>
    public string Apply()
    {
        if (Report.IsWhole)
        {
            throw new InvalidOperationException("Nothing is damaged.");
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

    /// <summary>Lets others have the directory.</summary>
    public void Dispose() => _offline.Dispose();

    private void MoveAll(string folder)
    {
        foreach (var snapshots in _offline.SnapshotFolders.ToList())
        {
            _offline.MoveSnapshots(snapshots, folder);
        }

        _offline.MoveSegments(long.MaxValue, folder);
    }

    // The snapshots go before the segments: once a segment says no more whose a slot is, its number is given to somebody else.
    private void MoveLost(string folder)
    {
        var reader = new LogReader(_offline.Disk);
        reader.ReadHeaders();
        reader.ReadAll();
        var lost = Lost.ToHashSet();
        foreach (var slot in reader.Slots.Where(slot => lost.Contains(slot.Owner)))
        {
            _offline.MoveSnapshots(SnapshotName.FolderOf(slot.Number), folder);
        }

        var kept = reader.Slots.Where(slot => !lost.Contains(slot.Owner)).Select(RewrittenSlot.Of).ToList();
        var last = kept.Count > 0 ? LogRewrite.Write(_offline.Disk, reader, kept) : long.MaxValue;
        _offline.MoveSegments(last, folder);
    }
}
