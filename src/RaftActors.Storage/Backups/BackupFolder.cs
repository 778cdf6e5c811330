using RaftActors.Storage.Disk;

namespace RaftActors.Storage.Backups;

/// <summary>The folder <c>NAME.ID.part</c> beside a backup, for its files while they are packed or unpacked. Dispose deletes it.</summary>
/// <param name="backup">The full path of the backup.</param>
internal sealed class BackupFolder(string backup) : IDisposable
{
    private const string Ending = ".part";

    private DirectoryLock? _lock;

    /// <summary>It cannot be guessed, so another user cannot have created the folder.</summary>
    public string Path { get; } = $"{backup}.{Guid.NewGuid():N}{Ending}";

    /// <summary>Creates the folder, and deletes those of programs that were killed.</summary>
    /// <exception cref="IOException">The folder cannot be created.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not create it.</exception>
    public void Create()
    {
        DeleteAbandoned();
        PrivateFile.CreateFolder(Path);
        _lock = DirectoryLock.Take(Path, isSharedAllowed: true);
    }

    public void Dispose()
    {
        _lock?.Dispose();
        if (Directory.Exists(Path))
        {
            Directory.Delete(Path, recursive: true);
        }
    }

    // A program that runs has the lock of its folder. Without a lock file a folder is just being made, or is empty.
    private void DeleteAbandoned()
    {
        foreach (var folder in Directory.GetDirectories(System.IO.Path.GetDirectoryName(backup)!)) // Justification: a file has a folder.
        {
            if (folder.StartsWith($"{backup}.", StringComparison.Ordinal)
                && folder.EndsWith(Ending, StringComparison.Ordinal)
                && Guid.TryParseExact(folder.AsSpan()[(backup.Length + 1)..^Ending.Length], "N", out _))
            {
                TryDelete(folder);
            }
        }
    }

    private static void TryDelete(string folder)
    {
        try
        {
            if (DirectoryLock.TakeToRead(folder) is { } taken)
            {
                taken.Dispose();
                Directory.Delete(folder, recursive: true);
            }
        }
        catch (Exception e) when (FileDisk.IsFailure(e))
        {
        }
    }
}
