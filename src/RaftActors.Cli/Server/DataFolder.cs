using RaftActors.Storage;
using RaftActors.Storage.Disk;

namespace RaftActors.Cli.Server;

/// <summary>
/// Checks a server's data directory before the server writes to it. Taking the lock would already write a file, and a directory of another
/// program must stay unchanged.
/// </summary>
internal static class DataFolder
{
    private const string LostAndFound = "lost+found";

    /// <summary>Accepts a missing or empty directory, and the directory of a server.</summary>
    /// <param name="path">A full path.</param>
    /// <param name="isSharedAllowed">True: accepts a directory that other users can change.</param>
    /// <exception cref="StoreException">It is a file, holds files of another program, cannot be read, or other users can change it.
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

    // A store consists of a lock file and folders. The lock is created first, so a directory without it holds no store.
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
