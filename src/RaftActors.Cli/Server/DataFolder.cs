using RaftActors.Storage;
using RaftActors.Storage.Disk;

namespace RaftActors.Cli.Server;

/// <summary>
/// A server's own directory, looked at before anything is done to it: taking its lock would write into it, and what belongs to another
/// program is left as it is.
/// </summary>
internal static class DataFolder
{
    private const string LostAndFound = "lost+found";

    /// <exception cref="StoreException">It is not a server's, or cannot be read.</exception>
    public static void Check(string path)
    {
        try
        {
            if (File.Exists(path))
            {
                throw new StoreException($"{path} is a file, and a server needs a directory. Name another one with --data.");
            }

            if (Directory.Exists(path) && Foreign(path) is { } foreign)
            {
                throw new StoreException($"{Path.Combine(path, foreign)} belongs to another program, so the directory is left as it is. "
                    + "Name another directory with --data, or move what is there away.");
            }
        }
        catch (Exception e) when (FileDisk.IsFailure(e) && e is not StoreException)
        {
            throw new StoreException(DiskFailure.Of(path, "cannot be used as the data directory", e).Message, e);
        }
    }

    // A store has its lock and folders. The lock is made first, so where it is missing there is no store, whatever else is there.
    private static string? Foreign(string path)
    {
        var entries = new DirectoryInfo(path).GetFileSystemInfos();
        var isStore = entries.Any(entry => entry is FileInfo && entry.Name == StoreDirectory.LockFileName);
        return entries
            .Where(entry => isStore ? entry is FileInfo && entry.Name != StoreDirectory.LockFileName : entry.Name != LostAndFound)
            .Select(entry => entry.Name)
            .Order(StringComparer.Ordinal)
            .FirstOrDefault();
    }
}
