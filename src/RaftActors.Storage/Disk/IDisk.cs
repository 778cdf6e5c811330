namespace RaftActors.Storage.Disk;

/// <summary>
/// The file system below one directory, as the store uses it: nothing else of a disk is relied on. Names are relative, with <c>/</c>.
/// Every failure is an <see cref="IOException"/> and final; nothing is done half and reported as done. A sync never fails with
/// <see cref="DiskFullException"/>, which is for what can be tried again.
/// </summary>
internal interface IDisk
{
    /// <summary>For messages.</summary>
    string PathOf(string name);

    /// <summary>The files of a folder (<c>""</c> is the directory itself), by name in ordinal order, without their folder.</summary>
    IReadOnlyList<string> List(string folder);

    /// <summary>Makes a folder, and those above it, if they are missing. Durable once the folder that it is in is synced.</summary>
    void CreateFolder(string name);

    /// <summary>Makes a file, or empties the one that is there, and takes room for so many bytes, which read as zero.</summary>
    /// <exception cref="DiskFullException">There is no room; nothing was made.</exception>
    IDiskFile Create(string name, long size);

    /// <summary>Opens a file for reading and writing.</summary>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    IDiskFile Open(string name);

    /// <summary>In one step; takes the place of what is there. Durable once the folder is synced.</summary>
    void Rename(string from, string to);

    /// <summary>Durable once the folder is synced.</summary>
    void Delete(string name);

    /// <summary>Makes durable which names a folder has.</summary>
    void SyncFolder(string name);

    /// <summary>Makes durable which names a folder has, and those above it up to the directory itself.</summary>
    void SyncFoldersUpFrom(string name)
    {
        for (var end = name.Length; end > 0; end = name.LastIndexOf('/', end - 1))
        {
            SyncFolder(name[..end]);
        }

        SyncFolder("");
    }

    /// <summary>Bytes that can still be written.</summary>
    long FreeBytes();
}

/// <summary>An open file.</summary>
internal interface IDiskFile : IDisposable
{
    /// <summary>In bytes.</summary>
    long Length { get; }

    /// <summary>Reads as much as there is, up to the size of the buffer.</summary>
    int Read(long offset, Span<byte> buffer);

    /// <summary>Writes all of it.</summary>
    void Write(long offset, ReadOnlySpan<byte> bytes);

    /// <summary>Makes durable what was written, and the length with it. After a failure nothing is known of any write since the last
    /// success.</summary>
    void Sync();
}

/// <summary>There is no room.</summary>
internal sealed class DiskFullException(string message, Exception? cause = null) : IOException(message, cause);
