namespace RaftActors.Storage.Log;

/// <summary>The records of a log. The numbers stand on disk.</summary>
internal enum RecordType : byte
{
    /// <summary>Whose slot it is, and the incarnation.</summary>
    Owner = 1,

    /// <summary>Term, vote and the rest of it.</summary>
    HardState = 2,

    /// <summary>The log of the slot begins after this position, and where it ends.</summary>
    Base = 3,

    /// <summary>The same, and the snapshot of this position that came in is installed.</summary>
    Installed = 4,

    /// <summary>An entry that carries nothing.</summary>
    NoOp = 5,

    /// <summary>An entry with a configuration.</summary>
    Configuration = 6,

    /// <summary>An entry with a key and a value.</summary>
    Pair = 7,
}
