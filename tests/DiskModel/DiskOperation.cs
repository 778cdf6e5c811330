namespace RaftActors.DiskModel;

/// <summary>What was done to a disk. Files go by a number, since a name may move from one to another. Closed.</summary>
public abstract record DiskOperation
{
    private DiskOperation()
    {
    }

    public sealed record CreateFolder(string Name) : DiskOperation;

    /// <summary>A new file, or one that is emptied, and room for so many bytes.</summary>
    public sealed record Create(string Name, long Size) : DiskOperation;

    public sealed record Write(string Name, int File, long Offset, ReadOnlyMemory<byte> Bytes) : DiskOperation
    {
        public override string ToString() => $"Write {Name} [{Offset}, {Offset + Bytes.Length})";
    }

    public sealed record Sync(string Name, int File) : DiskOperation;

    /// <summary>It failed: what was written before is in doubt from now on.</summary>
    public sealed record FailedSync(string Name, int File) : DiskOperation;

    public sealed record Rename(string From, string To) : DiskOperation;

    public sealed record Delete(string Name) : DiskOperation;

    public sealed record SyncFolder(string Name) : DiskOperation;
}
