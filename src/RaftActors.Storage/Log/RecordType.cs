namespace RaftActors.Storage.Log;

/// <summary>The kinds of records. The numbers are part of the disk format.</summary>
internal enum RecordType : byte
{
    /// <summary>The group, name and incarnation of the process that has the slot.</summary>
    Owner = 1,

    HardState = 2,

    /// <summary>The range of the log: it begins after a position and ends at an index.</summary>
    Base = 3,

    /// <summary>The same as a base, and the received snapshot of this position is installed.</summary>
    Installed = 4,

    /// <summary>An entry of the log. Its body begins with the kind of the entry.</summary>
    Entry = 5,

    /// <summary>The entries up to an index are committed. Each segment begins with it, once any are.</summary>
    Committed = 6,

    /// <summary>The slot has no store any more. Its number is not used again while this record is in the log.</summary>
    Forgotten = 7,
}
