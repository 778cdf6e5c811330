namespace RaftActors.Simulator;

/// <summary>Kinds of faults and of requests by operators. <c>--faults</c> selects them.</summary>
internal enum FaultKind
{
    /// <summary>A process crashes and restarts. A random number of the oldest writes under way survive.</summary>
    Crash,

    /// <summary>All processes crash at once.</summary>
    CrashAll,

    /// <summary>The next process that grants a vote crashes right after it, and restarts within two ticks.</summary>
    CrashAfterVote,

    /// <summary>Some links are cut, each in one direction.</summary>
    Partition,

    /// <summary>
    /// The leader is cut off. Meanwhile the others see their connections close, restart, receive TimeoutNow, or take snapshots. So two
    /// processes may believe that they lead, while clients send many requests.
    /// </summary>
    Usurp,

    /// <summary>The leader reaches only a few of the others for a while, then crashes and restarts.</summary>
    Strand,

    /// <summary>Messages are lost.</summary>
    Loss,

    /// <summary>Messages are delayed and overtake one another.</summary>
    Delay,

    /// <summary>Messages are duplicated.</summary>
    Duplicate,

    /// <summary>A disk is slow.</summary>
    SlowDisk,

    /// <summary>A disk finishes no write.</summary>
    StuckDisk,

    /// <summary>A disk is nearly full.</summary>
    FullDisk,

    /// <summary>A process is suspended.</summary>
    Pause,

    /// <summary>A process is told that another one is unreachable, which may be wrong.</summary>
    Hint,

    /// <summary>A disk is lost.</summary>
    Wipe,

    /// <summary>An old copy of a store replaces the store.</summary>
    Restore,

    /// <summary>A committed pair changes on a disk, undetected by the disk.</summary>
    Damage,

    /// <summary>A process joins.</summary>
    Join,

    /// <summary>A process leaves.</summary>
    Leave,

    /// <summary>An operator assigns the voters.</summary>
    Assign,

    /// <summary>An operator sets the maximum of the quorum.</summary>
    Resize,

    /// <summary>An operator transfers leadership.</summary>
    Transfer,

    /// <summary>A process takes a snapshot.</summary>
    Snapshot,

    /// <summary>For a while, what a process does brings about a fault that should meet it: see Simulation.Pairs.cs.</summary>
    Pairs,

    /// <summary>Not an event: clients retry a request that gets no answer.</summary>
    Retry,

    /// <summary>Not an event: clients read.</summary>
    Read,

    /// <summary>Not an event: the group has leases.</summary>
    Lease,

    /// <summary>Not an event: priorities differ.</summary>
    Priority,
}

/// <summary>One event of a schedule.</summary>
/// <param name="Number">Its number in the seed's schedule, from 1.</param>
/// <param name="Kind">The kind of fault.</param>
/// <param name="At">The time of its beginning, in microseconds.</param>
/// <param name="Lasts">Its duration in microseconds.</param>
/// <param name="Seed">Decides its details, so that it does not depend on other events of the schedule.</param>
internal sealed record FaultEvent(int Number, FaultKind Kind, long At, long Lasts, ulong Seed)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Number,3}. at {At / 1000,5}: {Kind} for {Lasts / 1000} ticks";
}
