namespace RaftActors.Testing.DiskModel;

/// <summary>An operation of a disk. A number identifies a file, because its name may change. Closed.</summary>
internal abstract record DiskOperation
{
    private DiskOperation()
    {
    }

    public sealed record CreateFolder(string Name) : DiskOperation;

    /// <summary>Creates or empties a file, and allocates bytes.</summary>
    public sealed record Create(string Name, long Size) : DiskOperation;

    public sealed record Write(string Name, int File, long Offset, ReadOnlyMemory<byte> Bytes) : DiskOperation
    {
        public override string ToString() => $"Write {Name} [{Offset}, {Offset + Bytes.Length})";
    }

    public sealed record Sync(string Name, int File) : DiskOperation;

    /// <summary>A failed sync. Earlier writes are in doubt from now on.</summary>
    public sealed record FailedSync(string Name, int File) : DiskOperation;

    public sealed record Rename(string From, string To) : DiskOperation;

    public sealed record Delete(string Name) : DiskOperation;

    public sealed record SyncFolder(string Name) : DiskOperation;
}
