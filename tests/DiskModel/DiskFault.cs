namespace RaftActors.DiskModel;

/// <summary>What a disk can be told to do wrong.</summary>
public enum DiskFault
{
    /// <summary>Half of it is written.</summary>
    Write,

    /// <summary>The disk is full.</summary>
    WriteFull,

    Sync,

    /// <summary>It says that it was done, and was not.</summary>
    LyingSync,

    Create,

    /// <summary>The disk is full.</summary>
    CreateFull,

    Rename,
    Delete,
    SyncFolder,
    Read,
}
