namespace RaftActors.Core;

/// <summary>How a transfer of leadership ended.</summary>
public enum TransferOutcome
{
    /// <summary>The target leads.</summary>
    Done,

    /// <summary>This process does not lead, or another one than the target does.</summary>
    NotLeader,

    /// <summary>There is no such voter, or none that answers.</summary>
    NoSuchVoter,

    /// <summary>The target did not take over in time, and this process still leads.</summary>
    TimedOut,
}
