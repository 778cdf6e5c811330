using RaftActors.Storage;

namespace RaftActors.Cli.Server;

/// <summary>
/// Checks a server's data directory before the server writes to it. Even the lock would be a new file in it, and a directory of another
/// program must not be changed.
/// </summary>
internal static class DataFolder
{
    /// <summary>The remedy that ends each refusal of a directory which other users can change.</summary>
    public const string AllowShared = "If all users with rights to it are trusted, as with a volume of one container, give "
        + "--allow-shared-directory.";

    private const string LostAndFound = "lost+found";
    private const string LockFile = "LOCK";

    /// <summary>Accepts a missing or empty directory, and the directory of a server.</summary>
    /// <param name="isSharedAllowed">If true, accepts a directory that other users can change.</param>
    /// <exception cref="IOException">
    /// The path is a file, has files of another program, cannot be read, or can be changed by other users.
    /// </exception>
    public static void Check(string path, bool isSharedAllowed)
    {
        try
        {
            if (!isSharedAllowed && StoreTools.ObjectionTo(path) is { } objection)
            {
                throw new IOException($"Cannot use {path} as a store: {objection} {AllowShared}");
            }

            if (File.Exists(path))
            {
                throw new IOException($"Cannot use {path} as the data directory: it is a file. Name a directory with --data.");
            }

            if (Directory.Exists(path) && Foreign(path) is { } foreign)
            {
                throw new IOException($"Cannot use {path} as the data directory: '{foreign}' in it belongs to another program. "
                    + "Nothing was changed. Name another directory with --data, or move those files away.");
            }
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException(
                $"{path} cannot be used as the data directory: {e.Message} Give it to the user that runs this program, or name another "
                + "directory.",
                e);
        }
    }

    // A store has a lock file and folders. The lock is created first, so a directory without it has no store.
    private static string? Foreign(string path)
    {
        var entries = new DirectoryInfo(path).GetFileSystemInfos();
        var isStore = entries.Any(entry => entry is FileInfo && entry.Name == LockFile);
        return entries
            .Where(entry => isStore ? entry is FileInfo && entry.Name != LockFile : entry.Name != LostAndFound)
            .Select(entry => entry.Name)
            .Order(StringComparer.Ordinal)
            .FirstOrDefault();
    }
}
