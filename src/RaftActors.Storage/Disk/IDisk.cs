namespace RaftActors.Storage.Disk;

/// <summary>
/// The file system below one directory, reduced to the operations that a store relies on. Names are relative to that directory and use
/// <c>/</c>. Every operation completes or throws an <see cref="IOException"/>. A failure is final, except
/// <see cref="DiskFullException"/>: the operation had no effect and may be tried again. A sync never throws
/// <see cref="DiskFullException"/>.
/// </summary>
internal interface IDisk
{
    /// <summary>Returns the full path of a name, for messages.</summary>
    string PathOf(string name);

    /// <summary>Lists the files of a folder, without their folder, in ordinal order. <c>""</c> is the directory itself.</summary>
    IReadOnlyList<string> List(string folder);

    /// <summary>Creates a folder and the missing folders above it. Durable after a sync of the folder above.</summary>
    void CreateFolder(string name);

    /// <summary>Creates a file, or truncates an existing one, and allocates <paramref name="size"/> bytes, which read as zero.</summary>
    /// <exception cref="DiskFullException">There is no room, and no file was created.</exception>
    IDiskFile Create(string name, long size);

    /// <summary>Opens a file for reading and writing.</summary>
    /// <exception cref="FileNotFoundException">The file does not exist.</exception>
    IDiskFile Open(string name);

    /// <summary>Renames a file atomically, and replaces a file of the new name. Durable after a sync of the folder.</summary>
    void Rename(string from, string to);

    /// <summary>Deletes a file. Durable after a sync of the folder.</summary>
    void Delete(string name);

    /// <summary>Makes the names in a folder durable.</summary>
    void SyncFolder(string name);

    /// <summary>Makes the names in a folder durable, and those in all folders above it up to the directory itself.</summary>
    void SyncFoldersUpFrom(string name)
    {
        for (var end = name.Length; end > 0; end = name.LastIndexOf('/', end - 1))
        {
            SyncFolder(name[..end]);
        }

        SyncFolder("");
    }

    /// <summary>Returns the number of bytes that can still be written.</summary>
    long FreeBytes();
}

internal interface IDiskFile : IDisposable
{
    long Length { get; }

    /// <summary>Reads until the buffer is full or the file ends, and returns the number of bytes read.</summary>
    int Read(long offset, Span<byte> buffer);

    void Write(long offset, ReadOnlySpan<byte> bytes);

    /// <summary>
    /// Makes all earlier writes and the length durable. After a failure every write since the last successful sync is in doubt.
    /// </summary>
    void Sync();

    /// <summary>
    /// Closes a deleted file, possibly on another thread. The system frees the blocks of the file then, at some 3 GB a second.
    /// </summary>
    void DisposeDeleted() => Dispose();
}

/// <summary>The disk has no room for an operation, which had no effect.</summary>
internal sealed class DiskFullException : IOException
{
    public DiskFullException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }
}
