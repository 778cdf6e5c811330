namespace RaftActors.Storage.Log;

/// <summary>The kinds of records. The numbers are part of the disk format.</summary>
internal enum RecordType : byte
{
    /// <summary>The group, name and incarnation of the process that has the slot.</summary>
    Owner = 1,

    /// <summary>The hard state of the process.</summary>
    HardState = 2,

    /// <summary>The range of the log: it begins after a position and ends at an index.</summary>
    Base = 3,

    /// <summary>The same as a base, and the received snapshot of this position is installed.</summary>
    Installed = 4,

    /// <summary>A no-op entry.</summary>
    NoOp = 5,

    /// <summary>An entry with a configuration.</summary>
    Configuration = 6,

    /// <summary>An entry with a key and a value.</summary>
    Pair = 7,

    /// <summary>An entry with a request key, a key and a value.</summary>
    KeyedPair = 8,

    /// <summary>The entries up to an index are committed. Each segment begins with it, once any are.</summary>
    Committed = 9,
}
