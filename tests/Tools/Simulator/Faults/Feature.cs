namespace RaftActors.Simulator;

/// <summary>What a process is or does at a moment. The simulation counts and brings about pairs of them (<see cref="Meetings"/>).</summary>
[Flags]
internal enum Feature : ulong
{
    None = 0,
    Leads = 1,

    /// <summary>It leads, and has committed an entry of its term.</summary>
    Ready = 1 << 29,

    /// <summary>It leads, and so does another process in its own view.</summary>
    Rival = 1 << 1,
    Campaigns = 1 << 2,
    Votes = 1 << 3,
    Transfers = 1 << 4,

    /// <summary>The configuration in force is joint.</summary>
    Joint = 1 << 5,

    /// <summary>The configuration in force is not known to be committed.</summary>
    Unsettled = 1 << 6,

    /// <summary>An operator asks it to change the members.</summary>
    Changes = 1 << 7,

    /// <summary>It may not vote yet.</summary>
    Unadmitted = 1 << 8,

    /// <summary>Entries of its log are not on its disk yet.</summary>
    Writes = 1 << 9,

    /// <summary>A leader replaces entries of its log.</summary>
    Overwrites = 1 << 10,

    /// <summary>It sends entries that it no longer has in memory.</summary>
    Pages = 1 << 11,
    TakesSnapshot = 1 << 12,
    SendsSnapshot = 1 << 13,
    Receives = 1 << 14,
    Installs = 1 << 15,

    /// <summary>It installs a snapshot, and keeps the entries above it.</summary>
    KeepsLog = 1 << 30,

    /// <summary>A read waits for its answer.</summary>
    Reads = 1 << 16,

    /// <summary>It leads, in a group with leases.</summary>
    Lease = 1 << 17,

    /// <summary>A client repeats a request.</summary>
    Retries = 1 << 18,
    Quiescent = 1 << 19,
    Crashes = 1 << 20,
    Starts = 1 << 21,
    Paused = 1 << 22,

    /// <summary>A link to or from it is cut.</summary>
    Cut = 1 << 23,

    /// <summary>It hears that a connection closed.</summary>
    Closed = 1 << 24,
    SlowDisk = 1 << 25,
    FullDisk = 1 << 26,

    /// <summary>Its store is an old copy, or its log is damaged.</summary>
    Restored = 1 << 27,

    /// <summary>Its program reads a lower format level than others.</summary>
    OldProgram = 1 << 28,
}
