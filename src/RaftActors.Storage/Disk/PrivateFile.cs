using Microsoft.Win32.SafeHandles;

namespace RaftActors.Storage.Disk;

/// <summary>
/// Creates files with mode 0600 and folders with mode 0700, whatever the umask. Existing ones keep their modes. Windows has no modes.
/// </summary>
internal static class PrivateFile
{
    public const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    public const UnixFileMode FolderMode = FileMode | UnixFileMode.UserExecute;

    public static void CreateFolder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
            return;
        }

        // .NET would create the folders above it with the mode of the umask.
        if (Path.GetDirectoryName(path) is { Length: > 0 } above && !Directory.Exists(above))
        {
            CreateFolder(above);
        }

        Directory.CreateDirectory(path, FolderMode);
    }

    /// <summary>Opens a file for reading and writing, and creates it if the mode says so.</summary>
    public static SafeFileHandle Open(string path, System.IO.FileMode mode, FileShare share)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = share, BufferSize = 0 };
        if (!OperatingSystem.IsWindows() && mode != System.IO.FileMode.Open)
        {
            options.UnixCreateMode = FileMode;
        }

        // File.OpenHandle cannot set the mode of a new file, so a stream opens it. Without a finalizer, the stream never closes its
        // handle.
        var stream = new FileStream(path, options);
        GC.SuppressFinalize(stream);
        return stream.SafeFileHandle;
    }
}
