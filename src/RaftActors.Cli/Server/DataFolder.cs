using RaftActors.Storage;
using RaftActors.Storage.Disk;

namespace RaftActors.Cli.Server;

/// <summary>
/// Checks a server's data directory before the server writes to it. Even the lock would be a new file in it, and a directory of another
/// program must not be changed.
/// </summary>
internal static class DataFolder
{
    private const string LostAndFound = "lost+found";

    /// <summary>Accepts a missing or empty directory, and the directory of a server.</summary>
    /// <param name="isSharedAllowed">If true, accepts a directory that other users can change.</param>
    /// <exception cref="StoreException">
    /// The path is a file, has files of another program, cannot be read, or can be changed by other users.
    /// </exception>
    public static void Check(string path, bool isSharedAllowed)
    {
        try
        {
            if (!isSharedAllowed)
            {
                TrustedPath.Check(path);
            }

            if (File.Exists(path))
            {
                throw new StoreException($"Cannot use {path} as the data directory: it is a file. Name a directory with --data.");
            }

            if (Directory.Exists(path) && Foreign(path) is { } foreign)
            {
                throw new StoreException($"Cannot use {path} as the data directory: '{foreign}' in it belongs to another program. "
                    + "Nothing was changed. Name another directory with --data, or move those files away.");
            }
        }
        catch (Exception e) when (FileDisk.IsFailure(e) && e is not StoreException)
        {
            throw new StoreException(DiskFailure.Of(path, "cannot be used as the data directory", e).Message, e);
        }
    }

    // A store has a lock file and folders. The lock is created first, so a directory without it has no store.
    private static string? Foreign(string path)
    {
        var entries = new DirectoryInfo(path).GetFileSystemInfos();
        var isStore = entries.Any(entry => entry is FileInfo && entry.Name == DirectoryLock.FileName);
        return entries
            .Where(entry => isStore ? entry is FileInfo && entry.Name != DirectoryLock.FileName : entry.Name != LostAndFound)
            .Select(entry => entry.Name)
            .Order(StringComparer.Ordinal)
            .FirstOrDefault();
    }
}
