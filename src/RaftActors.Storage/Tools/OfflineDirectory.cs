using RaftActors.Storage.Disk;
using RaftActors.Storage.Log;
using RaftActors.Storage.Snapshots;

namespace RaftActors.Storage.Tools;

/// <summary>A directory of stores that no process uses, and that none can use as long as this is open.</summary>
internal sealed class OfflineDirectory : IDisposable
{
    private readonly DirectoryLock? _lock;

    private OfflineDirectory(IDisk disk, DirectoryLock? taken) => (Disk, _lock) = (disk, taken);

    public IDisk Disk { get; }

    public string Path => Disk.PathOf("");

    /// <summary>The folders of the slots, by their names.</summary>
    public IEnumerable<string> SnapshotFolders => Directory.Exists(Disk.PathOf(SnapshotName.Folder))
        ? Directory.GetDirectories(Disk.PathOf(SnapshotName.Folder)).Select(System.IO.Path.GetFileName).Order(StringComparer.Ordinal)!
            .Select(name => $"{SnapshotName.Folder}/{name}")
        : [];

    /// <summary>To read in; nothing is changed.</summary>
    /// <exception cref="StoreException">It is none, or somebody uses it.</exception>
    public static OfflineDirectory ToRead(string directory)
    {
        Demand(directory);
        return new OfflineDirectory(new ReadOnlyDisk(directory), DirectoryLock.TakeToRead(directory));
    }

    /// <summary>To change.</summary>
    /// <exception cref="StoreException">It is none, or somebody uses it.</exception>
    public static OfflineDirectory ToChange(string directory)
    {
        Demand(directory);
        return new OfflineDirectory(new FileDisk(directory), DirectoryLock.Take(directory));
    }

    /// <summary>The numbers of the log's segments, in order.</summary>
    public IEnumerable<long> SegmentNumbers() => NumbersIn(Disk);

    /// <summary>
    /// The log's segments, each with where the next one says that it ends: null of one that does not say so, and of the last one.
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

    /// <summary>Makes a folder of this name and the first number that is free, durably.</summary>
    /// <returns>Its name in the directory.</returns>
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

    /// <summary>Moves segments up to this one there, the oldest first, so that what is left never has a hole.</summary>
    public void MoveSegments(long last, string folder)
    {
        var target = $"{folder}/{LogReader.Folder}";
        Disk.CreateFolder(target);
        Disk.SyncFolder(folder);
        foreach (var number in SegmentNumbers().TakeWhile(number => number <= last).ToList())
        {
            Disk.Rename(LogReader.NameOf(number), $"{folder}/{LogReader.NameOf(number)}");
            Disk.SyncFolder(target);
            Disk.SyncFolder(LogReader.Folder);
        }
    }

    /// <summary>Moves the snapshots of a slot there.</summary>
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
            throw new StoreException($"{path} is no directory. Name the one that has '{LogReader.Folder}' in it.");
        }

        if (!Directory.Exists(System.IO.Path.Combine(path, LogReader.Folder)) || !NumbersIn(new ReadOnlyDisk(path)).Any())
        {
            throw new StoreException($"{path} has no log of raft processes in it. Name the directory that 'raft.store.directory' names.");
        }
    }
}
