using RaftActors.Storage.Disk;
using RaftActors.Storage.Log;
using RaftActors.Storage.Snapshots;

namespace RaftActors.Storage.Tools;

/// <summary>A directory of stores, locked against other processes until Dispose.</summary>
internal sealed class OfflineDirectory : IDisposable
{
    private readonly DirectoryLock? _lock;

    private OfflineDirectory(IDisk disk, DirectoryLock? taken) => (Disk, _lock) = (disk, taken);

    public IDisk Disk { get; }

    public string Path => Disk.PathOf("");

    /// <summary>The snapshot folders of the slots, relative to the directory, by name.</summary>
    public IEnumerable<string> SnapshotFolders => Directory.Exists(Disk.PathOf(SnapshotName.Folder))
        ? Directory.GetDirectories(Disk.PathOf(SnapshotName.Folder)).Select(System.IO.Path.GetFileName).Order(StringComparer.Ordinal)!
            .Select(name => $"{SnapshotName.Folder}/{name}")
        : [];

    /// <summary>Opens a directory for reading.</summary>
    /// <param name="isLocked">The caller has the lock.</param>
    /// <exception cref="StoreException">The directory has no log, or is in use.</exception>
    public static OfflineDirectory ToRead(string directory, bool isLocked = false)
    {
        Demand(directory);
        return new OfflineDirectory(
            new FileDisk(directory, isReadOnly: true), isLocked ? null : DirectoryLock.TakeToRead(directory));
    }

    /// <summary>Opens a directory for changes by a tool, which disposes it.</summary>
    /// <param name="isSharedAllowed">Accepts a directory that other users can change.</param>
    /// <param name="toolFor">Makes the tool. If it fails, the directory is closed.</param>
    /// <exception cref="StoreException">The directory has no log, is in use, or other users can change it.</exception>
    public static T ToChange<T>(string directory, bool isSharedAllowed, Func<OfflineDirectory, T> toolFor)
    {
        Demand(directory);
        var offline = new OfflineDirectory(new FileDisk(directory), DirectoryLock.Take(directory, isSharedAllowed));
        try
        {
            return toolFor(offline);
        }
        catch
        {
            offline.Dispose();
            throw;
        }
    }

    public IEnumerable<long> SegmentNumbers() => NumbersIn(Disk);

    /// <summary>
    /// Reads the segments in order, each with the end that the next segment records. The end is null for the last segment, and before a
    /// segment with a damaged header.
    /// </summary>
    public IEnumerable<(LogSegment Segment, long? End, bool IsLast)> Segments()
    {
        var numbers = SegmentNumbers().ToList();
        LogSegment? next = LogSegment.Read(Disk, numbers[0]);
        for (var i = 1; next is { } segment; i++)
        {
            next = i < numbers.Count ? LogSegment.Read(Disk, numbers[i]) : null;
            yield return (segment, next?.Header?.PreviousEnd, next is null);
        }
    }

    /// <summary>Creates a folder with this name and the first free number, durably. Returns its name, relative to the directory.</summary>
    public string MakeFolder(string name)
    {
        var number = 1;
        while (Directory.Exists(Disk.PathOf($"{name}-{number}")))
        {
            number++;
        }

        var folder = $"{name}-{number}";
        Disk.CreateFolder(folder);
        Disk.SyncFolder("");
        return folder;
    }

    /// <summary>Moves segments into a folder, the oldest first, so that no gap can appear.</summary>
    /// <param name="last">The last segment to move, or null for all.</param>
    /// <param name="folder">The folder, relative to the directory.</param>
    public void MoveSegments(long? last, string folder)
    {
        var target = $"{folder}/{LogReader.Folder}";
        Disk.CreateFolder(target);
        Disk.SyncFolder(folder);
        foreach (var number in SegmentNumbers().TakeWhile(number => !(number > last)).ToList())
        {
            Disk.Rename(LogReader.NameOf(number), $"{folder}/{LogReader.NameOf(number)}");
            Disk.SyncFolder(target);
            Disk.SyncFolder(LogReader.Folder);
        }
    }

    public void MoveSnapshots(string snapshots, string folder)
    {
        if (!Directory.Exists(Disk.PathOf(snapshots)))
        {
            return;
        }

        var target = $"{folder}/{SnapshotName.Folder}";
        Disk.CreateFolder(target);
        Disk.SyncFolder(folder);
        Disk.Rename(snapshots, $"{folder}/{snapshots}");
        Disk.SyncFolder(target);
        Disk.SyncFolder(SnapshotName.Folder);
    }

    public void Dispose() => _lock?.Dispose();

    private static IEnumerable<long> NumbersIn(IDisk disk) =>
        disk.List(LogReader.Folder).Select(SegmentHeader.NumberOf).OfType<long>().Order();

    private static void Demand(string directory)
    {
        var path = System.IO.Path.GetFullPath(directory);
        if (!Directory.Exists(path))
        {
            throw new StoreException($"{path} is not a directory. Name the directory that contains '{LogReader.Folder}'.");
        }

        if (!Directory.Exists(System.IO.Path.Combine(path, LogReader.Folder)) || !NumbersIn(new FileDisk(path, isReadOnly: true)).Any())
        {
            throw new StoreException($"{path} has no log of raft processes. Name the directory that 'raft.store.directory' names.");
        }
    }
}
