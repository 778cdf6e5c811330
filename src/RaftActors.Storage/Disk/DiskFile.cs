using Microsoft.Win32.SafeHandles;

namespace RaftActors.Storage.Disk;

/// <summary>A file of a <see cref="FileDisk"/>.</summary>
internal sealed class DiskFile(SafeFileHandle handle, string path) : IDiskFile
{
    /// <inheritdoc/>
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
                throw DiskFailure.Of(path, "did not tell its length", e);
            }
        }
    }

    /// <inheritdoc/>
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

    /// <summary>The framework writes on until all is written, however little the system takes at once.</summary>
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

    /// <summary>
    /// fdatasync: as safe as fsync for what is read back, and on a file that has its length already it is spared writing the description,
    /// which is a second place on the disk.
    /// </summary>
    public void Sync()
    {
        if (!OperatingSystem.IsLinux())
        {
            // Asks macOS for F_FULLFSYNC, without which its disks only take a note; on Windows it says when it fails.
            Flush();
        }
        else if (Libc.SyncData(handle) is var error and not 0)
        {
            throw DiskFailure.OfSync(NotSynced(error));
        }
    }

    /// <summary>
    /// Of a new file: its length and its room, once, so that no later sync has to write them. There may be no room for it, and then nothing
    /// is lost with it.
    /// </summary>
    internal void SyncAll()
    {
        if (!OperatingSystem.IsLinux())
        {
            Flush();
        }
        else if (Libc.SyncAll(handle) is var error and not 0)
        {
            throw NotSynced(error);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => handle.Dispose();

    private void Flush()
    {
        try
        {
            RandomAccess.FlushToDisk(handle);
        }
        catch (Exception e) when (FileDisk.IsFailure(e))
        {
            throw DiskFailure.OfSync(DiskFailure.Of(path, "could not be made durable", e));
        }
    }

    private IOException NotSynced(int error) =>
        DiskFailure.Of(path, "could not be made durable, and what of it is on disk is not known", error);
}
