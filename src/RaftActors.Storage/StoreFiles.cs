using RaftActors.Storage.Disk;
using RaftActors.Storage.Log;
using RaftActors.Storage.Snapshots;

namespace RaftActors.Storage;

/// <summary>Checks the files that a store finds in its directory.</summary>
internal static class StoreFiles
{
    /// <summary>
    /// Refuses a file that another user owns. It may be a symbolic link to a file elsewhere, or its owner may have it open.
    /// </summary>
    /// <exception cref="StoreException">Another user owns a file.</exception>
    /// <exception cref="IOException">The rights cannot be read.</exception>
    public static void Check(string directory)
    {
        if (!OperatingSystem.IsWindows())
        {
            Check(directory, Libc.User(), FileRights.Read);
        }
    }

    /// <param name="directory">The full path of the store.</param>
    /// <param name="user">The number of the user of this process.</param>
    /// <param name="read">Returns the rights of a path, or null if it does not exist.</param>
    public static void Check(string directory, uint user, Func<string, FileRights?> read)
    {
        foreach (var path in Entries(directory).Concat(PathsOfStore(directory)))
        {
            if (read(path) is { } rights && rights.BelongsToOtherThan(user))
            {
                throw new StoreException(
                    $"Cannot use {directory} as a store: {path} belongs to user {rights.Owner}, and this program runs as user {user}. Run "
                    + $"it as user {rights.Owner}, or run 'chown -hR {user} {directory}' if that user is trusted. {TrustedPath.Allow}");
            }
        }
    }

    /// <summary>Refuses a file that no store writes, in the directory itself or in the folder of the log.</summary>
    /// <param name="folder">One of the two, relative to the directory.</param>
    /// <exception cref="StoreException">There is such a file. Nothing has changed.</exception>
    public static void RefuseForeign(IDisk disk, string folder)
    {
        if (disk.List(folder).FirstOrDefault(name => !IsOwn(name)) is { } foreign)
        {
            var path = disk.PathOf(folder.Length == 0 ? foreign : $"{folder}/{foreign}");
            throw new StoreException($"{path} does not belong to a store, so nothing in the directory was changed. "
                + "Move the file away, or name another directory.");
        }

        bool IsOwn(string name) => folder.Length == 0
            ? name == DirectoryLock.FileName
            : SegmentHeader.NumberOf(name) is not null || SegmentFiles.IsUnfinished(name);
    }

    private static IEnumerable<string> PathsOfStore(string directory)
    {
        var (log, snapshots) = (Path.Combine(directory, LogReader.Folder), Path.Combine(directory, SnapshotName.Folder));
        return
        [
            Path.Combine(directory, DirectoryLock.FileName), log, .. Entries(log),
            snapshots, .. Entries(snapshots), .. Entries(snapshots).SelectMany(Entries),
        ];
    }

    private static string[] Entries(string folder) => Directory.Exists(folder) ? Directory.GetFileSystemEntries(folder) : [];
}
