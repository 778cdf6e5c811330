using System.Security;

using Microsoft.Win32.SafeHandles;

namespace RaftActors.Storage.Disk;

/// <summary>
/// The machine's file system below one directory. Tested on Linux only.
/// <list type="bullet">
/// <item>Linux and macOS: libc syncs files and folders, because .NET ignores a failed <c>fsync</c> there.</item>
/// <item>Windows: .NET reports a failed sync. Folders cannot be synced, so each rename is written through.</item>
/// </list>
/// </summary>
/// <param name="isReadOnly">
/// Files are opened for reading, so that a tool needs no right to change them. Then a file that cannot be opened is a
/// <see cref="StoreException"/>.
/// </param>
internal sealed class FileDisk(string directory, bool isReadOnly = false) : IDisk
{
    private const int ZerosSize = 1 << 20;
    private const int NotSupportedOnLinux = 95;
    private const FileShare Shared = FileShare.ReadWrite | FileShare.Delete;

    private readonly string _directory = Path.GetFullPath(directory);

    public string PathOf(string name) => name.Length == 0 ? _directory : Path.Combine(_directory, name);

    public IReadOnlyList<string> List(string folder)
    {
        var files = Try(PathOf(folder), "cannot be listed", Directory.GetFiles);
        for (var i = 0; i < files.Length; i++)
        {
            files[i] = Path.GetFileName(files[i]);
        }

        Array.Sort(files, StringComparer.Ordinal);
        return files;
    }

    public void CreateFolder(string name) => Try(PathOf(name), "cannot be created", PrivateFile.CreateFolder);

    /// <inheritdoc/>
    /// <remarks>The length is durable when this returns, so no later sync has to write it.</remarks>
    public IDiskFile Create(string name, long size)
    {
        var path = PathOf(name);
        var handle = Opened(path, FileMode.Create, "cannot be created");
        var file = new DiskFile(handle, path);
        try
        {
            TakeRoom(handle, file, path, size);
            file.SyncAll();
            return file;
        }
        catch (IOException)
        {
            file.Dispose();
            Forget(path);
            throw;
        }
    }

    public IDiskFile Open(string name)
    {
        var path = PathOf(name);
        try
        {
            return new DiskFile(isReadOnly ? OpenedToRead(path) : Opened(path, FileMode.Open, "cannot be opened"), path);
        }
        catch (IOException e) when (isReadOnly)
        {
            throw new StoreException(e.Message, e);
        }
        catch (IOException e) when (e.InnerException is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new FileNotFoundException($"{path} does not exist.", path, e.InnerException);
        }
    }

    public void Rename(string from, string to)
    {
        var (source, target) = (PathOf(from), PathOf(to));

        // File.Move would copy to another file system in pieces, which is not atomic.
        var error = OperatingSystem.IsWindows() ? Kernel32.Rename(source, target) : Libc.Rename(source, target);
        if (error != 0)
        {
            throw DiskFailure.OfSystem(source, $"cannot be renamed to {target}", error);
        }
    }

    public void Delete(string name) => Try(PathOf(name), "cannot be deleted", File.Delete);

    public void SyncFolder(string name)
    {
        var path = PathOf(name);
        if (!OperatingSystem.IsWindows() && Libc.SyncFolder(path) is var error and not 0)
        {
            throw DiskFailure.OfSync(DiskFailure.Of(path, "could not be synced, so the names in it may be lost", error));
        }
    }

    public long FreeBytes()
    {
        const string doing = "does not report its free space";
        if (OperatingSystem.IsWindows())
        {
            // DriveInfo knows only volumes with a letter.
            return Kernel32.FreeBytes(_directory, out var free) is var error and not 0
                ? throw DiskFailure.OfSystem(_directory, doing, error)
                : free;
        }

        return Try(_directory, doing, static directory => new DriveInfo(directory).AvailableFreeSpace);
    }

    /// <summary>Tells whether .NET threw this exception because the system refused an operation on files.</summary>
    public static bool IsFailure(Exception e) => e is IOException or UnauthorizedAccessException or SecurityException;

    private static SafeFileHandle OpenedToRead(string path) =>
        Try(path, "cannot be opened", static path => File.OpenHandle(path, FileMode.Open, FileAccess.Read, Shared));

    private static SafeFileHandle Opened(string path, FileMode mode, string doing) =>
        Try(path, doing, path => PrivateFile.Open(path, mode, Shared));

    private static void Try(string path, string doing, Action<string> call) => Try(path, doing, path =>
    {
        call(path);
        return true;
    });

    private static T Try<T>(string path, string doing, Func<string, T> call)
    {
        try
        {
            return call(path);
        }
        catch (Exception e) when (IsFailure(e))
        {
            throw DiskFailure.Of(path, doing, e);
        }
    }

    private static void TakeRoom(SafeFileHandle handle, DiskFile file, string path, long size)
    {
        if (size == 0)
        {
            return;
        }

        // Mode 0 extends the length. With another mode, every sync would have to write a new length.
        var error = OperatingSystem.IsLinux() && Environment.Is64BitProcess ? Libc.Allocate(handle, size) : NotSupportedOnLinux;
        if (error == NotSupportedOnLinux)
        {
            FillWithZeros(file, size);
        }
        else if (error != 0)
        {
            throw DiskFailure.Of(path, $"cannot be created with {size} bytes", error);
        }
    }

    private static void FillWithZeros(DiskFile file, long size)
    {
        var zeros = new byte[(int)Math.Min(size, ZerosSize)];
        for (long offset = 0; offset < size; offset += zeros.Length)
        {
            file.Write(offset, zeros.AsSpan(0, (int)Math.Min(size - offset, zeros.Length)));
        }
    }

    // Ignores a failure, so that the caller sees the first one.
    private static void Forget(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (IsFailure(e))
        {
        }
    }
}
