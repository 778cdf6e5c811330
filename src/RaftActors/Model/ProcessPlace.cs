namespace RaftActors;

/// <summary>The place of a process in the list of all processes: by group, then by name.</summary>
internal readonly record struct ProcessPlace(string Group, ProcessName Name) : IComparable<ProcessPlace>
{
    public int CompareTo(ProcessPlace other) =>
        string.CompareOrdinal(Group, other.Group) is not 0 and var order ? order : Comparer<ProcessName>.Default.Compare(Name, other.Name);
}
