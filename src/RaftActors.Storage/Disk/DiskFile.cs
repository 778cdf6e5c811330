using System.Runtime.Versioning;

using Microsoft.Win32.SafeHandles;

namespace RaftActors.Storage.Disk;

internal sealed class DiskFile(SafeFileHandle handle, string path) : IDiskFile
{
    public long Length
    {
        get
        {
            try
            {
                return RandomAccess.GetLength(handle);
            }
            catch (Exception e) when (FileDisk.IsFailure(e))
            {
                throw DiskFailure.Of(path, "does not report its length", e);
            }
        }
    }

    public int Read(long offset, Span<byte> buffer)
    {
        try
        {
            var read = 0;
            while (read < buffer.Length && RandomAccess.Read(handle, buffer[read..], offset + read) is var more and > 0)
            {
                read += more;
            }

            return read;
        }
        catch (Exception e) when (FileDisk.IsFailure(e))
        {
            throw DiskFailure.Of(path, $"cannot be read at {offset}", e);
        }
    }

    /// <summary>Writes all bytes, because the framework repeats the call however little the system takes at once.</summary>
    public void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        try
        {
            RandomAccess.Write(handle, bytes, offset);
        }
        catch (Exception e) when (FileDisk.IsFailure(e))
        {
            throw DiskFailure.Of(path, $"cannot be written at {offset}", e);
        }
    }

    /// <inheritdoc/>
    /// <remarks>
    /// On Linux this is <c>fdatasync</c>, which is as safe as <c>fsync</c> for the contents. A file with its final length costs one
    /// write of the disk instead of two, because the inode does not change.
    /// </remarks>
    public void Sync()
    {
        if (OperatingSystem.IsWindows())
        {
            Flush();
        }
        else if ((OperatingSystem.IsLinux() ? Libc.SyncData(handle) : SyncOnUnix()) is var error and not 0)
        {
            throw DiskFailure.OfSync(NotSynced(error));
        }
    }

    /// <summary>
    /// Makes the length and the allocation of a new file durable, so that no later sync has to write them. A full disk is reported as
    /// such, because a new file has nothing to lose.
    /// </summary>
    internal void SyncAll()
    {
        if (OperatingSystem.IsWindows())
        {
            Flush();
        }
        else if (SyncOnUnix() is var error and not 0)
        {
            throw NotSynced(error);
        }
    }

    public void Dispose() => handle.Dispose();

    public void DisposeDeleted() =>
        ThreadPool.UnsafeQueueUserWorkItem(static handle => handle.Dispose(), handle, preferLocal: false);

    [UnsupportedOSPlatform("windows")]
    private int SyncOnUnix() => OperatingSystem.IsMacOS() ? Libc.SyncToPlatter(handle) : Libc.SyncAll(handle);

    // FlushFileBuffers, whose failure .NET reports.
    private void Flush()
    {
        try
        {
            RandomAccess.FlushToDisk(handle);
        }
        catch (Exception e) when (FileDisk.IsFailure(e))
        {
            throw DiskFailure.OfSync(DiskFailure.Of(path, "could not be synced", e));
        }
    }

    private IOException NotSynced(int error) =>
        DiskFailure.Of(path, "could not be synced, so its last writes may be lost", error);
}
