namespace RaftActors;

/// <summary>A <see cref="RaftStatus"/> in short, for the list of all processes of a node.</summary>
/// <param name="IsMember">The store is open, and the process is a member or a founder of the group, as it knows.</param>
/// <param name="Problems">Those that the process itself tells.</param>
/// <param name="Leader">The leader that the process knows; null: none.</param>
/// <param name="Members">The number of members of the group that the process knows.</param>
internal sealed record ProcessRow(
    ProcessPlace Place,
    bool IsMember,
    ProblemKind Problems,
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
        status.IsOpen && status.Outside is null or ProblemKind.Founding,
        GroupHealth.KindsOf(status),
        status.Role,
        status.Term,
        status.Leader,
        status.Delivered,
        status.Committed,
        status.Members.Length,
        status.SyncTime);

    public bool Has(ProblemKind problems) => (Problems & problems) != 0;
}

/// <summary>The place of a process in the list of all processes: by group, then by name.</summary>
internal readonly record struct ProcessPlace(string Group, ProcessName Name) : IComparable<ProcessPlace>
{
    public int CompareTo(ProcessPlace other) =>
        string.CompareOrdinal(Group, other.Group) is not 0 and var order ? order : Comparer<ProcessName>.Default.Compare(Name, other.Name);
}
