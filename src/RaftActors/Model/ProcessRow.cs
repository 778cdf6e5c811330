using RaftActors.Core;

namespace RaftActors;

/// <summary>A <see cref="RaftStatus"/> in short, for the list of all processes of a node.</summary>
/// <param name="Leader">The leader that the process knows; null: none.</param>
/// <param name="Members">The number of members of the group that the process knows.</param>
/// <param name="SyncTime">See <see cref="RaftStatus.SyncTime"/>.</param>
internal sealed record ProcessRow(
    ProcessPlace Place,
    ProcessMarks Marks,
    RaftRole Role,
    long Term,
    ProcessName? Leader,
    Serial Delivered,
    Serial Committed,
    int Members,
    TimeSpan? SyncTime)
{
    public static ProcessRow Of(RaftStatus status) => new(
        new ProcessPlace(status.Group, status.Name),
        MarksOf(status),
        status.Role,
        status.Term,
        status.Leader,
        status.Delivered,
        status.Committed,
        status.Members.Length,
        status.SyncTime);

    public bool Has(ProcessMarks marks) => (Marks & marks) != 0;

    private static ProcessMarks MarksOf(RaftStatus status) =>
        (status.IsOpen ? ProcessMarks.Open : 0)
        | (IsMember(status) ? ProcessMarks.Member : 0)
        | (status.Failure is null ? 0 : ProcessMarks.Failed)
        | (status.Fence is null ? 0 : ProcessMarks.Fenced)
        | (status.IsRemoved ? ProcessMarks.Removed : 0)
        | (status.NameConflict is null ? 0 : ProcessMarks.NameConflict)
        | (status.IsDiskNearlyFull ? ProcessMarks.DiskNearlyFull : 0)
        | (status.HeldAt is null && !IsWrong(status) ? 0 : ProcessMarks.ActorFault);

    private static bool IsWrong(RaftStatus status) => status.Divergence?.Concerns(status.Name) == true;

    // A joining process lists itself alone, without a vote, until it receives a configuration.
    private static bool IsMember(RaftStatus status) => !status.IsRemoved
        && status.Members.Any(member => member.Name == status.Name && (member.IsVoter || status.Identity != Guid.Empty));
}

/// <summary>The place of a process in the list of all processes: by group, then by name.</summary>
internal readonly record struct ProcessPlace(string Group, ProcessName Name) : IComparable<ProcessPlace>
{
    /// <inheritdoc/>
    public int CompareTo(ProcessPlace other) =>
        string.CompareOrdinal(Group, other.Group) is not 0 and var order ? order : Name.CompareTo(other.Name);
}

/// <summary>Each mark is a yes or no of <see cref="RaftStatus"/>. The values are written to other nodes.</summary>
[Flags]
internal enum ProcessMarks : byte
{
    /// <summary>The store is open.</summary>
    Open = 1,

    /// <summary>The process is a member of the group, as it knows.</summary>
    Member = 2,

    /// <summary>The store cannot be opened, or the engine has stopped.</summary>
    Failed = 4,

    /// <inheritdoc cref="RaftStatus.Fence"/>
    Fenced = 8,

    /// <inheritdoc cref="RaftStatus.IsRemoved"/>
    Removed = 16,

    /// <inheritdoc cref="RaftStatus.NameConflict"/>
    NameConflict = 32,

    /// <inheritdoc cref="RaftStatus.IsDiskNearlyFull"/>
    DiskNearlyFull = 64,

    /// <summary>The actor is held, or its state differs from that of the others.</summary>
    ActorFault = 128,
}
