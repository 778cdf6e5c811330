namespace RaftActors.Wire;

/// <summary>A list of the processes of a node, at one time.</summary>
/// <param name="Registry">Differs in each life of the node.</param>
/// <param name="Number">Grows with each start and each end of a process in this life. 0: no process has started yet.</param>
internal readonly record struct ListNumber(ulong Registry, long Number)
{
    /// <summary>The same registry made the other list later. False if another one made it.</summary>
    public bool IsBefore(ListNumber other) => Registry == other.Registry && Number < other.Number;
}
