namespace RaftActors.Core;

/// <summary>Why a pair was not appended.</summary>
public enum RejectionReason
{
    /// <summary>This process does not lead.</summary>
    NotLeader,

    /// <summary>Too many bytes wait for their commit (<see cref="CoreOptions.MaxUncommittedBytes"/>). Ask again later.</summary>
    Busy,

    /// <summary>The leadership is being transferred. Ask again soon.</summary>
    Transferring,

    /// <summary>The leader's disk is nearly full (<see cref="Input.DiskSpace"/>).</summary>
    DiskFull,

    /// <summary>
    /// The session, or the table of request keys, has forgotten entries as old as this one: whether it was appended before is unknown.
    /// </summary>
    Expired,
}
