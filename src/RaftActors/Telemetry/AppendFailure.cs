namespace RaftActors.Telemetry;

/// <summary>Why an Append ended without success: the tag <c>reason</c> of <c>raft.appends</c>.</summary>
internal enum AppendFailure
{
    /// <summary>This process, its node or its engine stopped.</summary>
    Stopped,

    /// <summary>The leader discarded the pair: HandleProposal did, or the leader was busy, or its disk was nearly full.</summary>
    Discarded,

    /// <summary>No leader could be reached in time.</summary>
    NoLeader,

    /// <summary>It waited for earlier Appends of this process until its timeout.</summary>
    Busy,

    /// <summary>The entry of another leader took its index.</summary>
    Overwritten,

    /// <summary>A leader may have taken it, and did not commit it in time.</summary>
    TimedOut,

    /// <summary>The leader no longer knows the request.</summary>
    Forgotten,

    /// <summary>Its index arrived in a snapshot.</summary>
    Compacted,
}
