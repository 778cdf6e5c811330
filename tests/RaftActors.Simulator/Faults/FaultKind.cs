namespace RaftActors.Simulator;

/// <summary>What can go wrong, and what operators do. Each can be left out with <c>--faults</c>.</summary>
internal enum FaultKind
{
    /// <summary>A process stops, loses the writes under way but for a first part of them, and starts again.</summary>
    Crash,

    /// <summary>All stop at once.</summary>
    CrashAll,

    /// <summary>The next process that gives a vote stops right after it, and is back within a tick.</summary>
    CrashAfterVote,

    /// <summary>Some of the links, each in one direction, are cut.</summary>
    Partition,

    /// <summary>
    /// The leader is cut off while the others are told so, start again, were just asked to take over, or take snapshots: all that can make
    /// two processes think that they lead. Clients are busy meanwhile.
    /// </summary>
    Usurp,

    /// <summary>The leader reaches only a few of the others for a while, and then stops for a moment.</summary>
    Strand,

    /// <summary>Messages are lost.</summary>
    Loss,

    /// <summary>Messages take long, and overtake one another.</summary>
    Delay,

    /// <summary>Messages come twice.</summary>
    Duplicate,

    /// <summary>A disk is slow.</summary>
    SlowDisk,

    /// <summary>A disk does nothing.</summary>
    StuckDisk,

    /// <summary>A disk is nearly full.</summary>
    FullDisk,

    /// <summary>A process stands still.</summary>
    Pause,

    /// <summary>A process is told that another one cannot be reached, rightly or not.</summary>
    Hint,

    /// <summary>A disk is lost.</summary>
    Wipe,

    /// <summary>An old copy comes back in the place of a disk.</summary>
    Restore,

    /// <summary>A disk changes a committed pair, and nothing tells so.</summary>
    Damage,

    /// <summary>A new process is taken in.</summary>
    Join,

    /// <summary>A process leaves for good.</summary>
    Leave,

    /// <summary>Somebody says who is to vote.</summary>
    Assign,

    /// <summary>The leadership is handed over.</summary>
    Transfer,

    /// <summary>A process takes a snapshot.</summary>
    Snapshot,

    /// <summary>Not an event: clients ask again with the same request when they hear nothing.</summary>
    Retry,

    /// <summary>Not an event: clients read.</summary>
    Read,

    /// <summary>Not an event: the group has leases.</summary>
    Lease,

    /// <summary>Not an event: priorities differ.</summary>
    Priority,
}

/// <summary>One thing that goes wrong.</summary>
/// <param name="Number">Its place in the schedule of its seed, from 1.</param>
/// <param name="Kind">What.</param>
/// <param name="At">When, in microseconds.</param>
/// <param name="Lasts">For how long.</param>
/// <param name="Seed">Decides the rest of it, so that leaving out another event changes nothing here.</param>
internal sealed record FaultEvent(int Number, FaultKind Kind, long At, long Lasts, ulong Seed)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Number,3}. at {At / 1000,5}: {Kind} for {Lasts / 1000} ticks";
}
