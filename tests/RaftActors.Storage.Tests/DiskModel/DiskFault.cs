namespace RaftActors.Testing.DiskModel;

/// <summary>The faults that a test can plan.</summary>
internal enum DiskFault
{
    /// <summary>A write fails after half of its bytes.</summary>
    Write,

    WriteFull,

    Sync,

    /// <summary>A sync reports success without effect.</summary>
    LyingSync,

    Create,

    CreateFull,

    Rename,
    Delete,
    SyncFolder,
    Read,
}
