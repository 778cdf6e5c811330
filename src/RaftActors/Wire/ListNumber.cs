namespace RaftActors.Wire;

/// <summary>A version of the list of the processes of a node.</summary>
/// <param name="Registry">Differs in each start of the node.</param>
/// <param name="Number">Grows with each start and end of a process. 0 before the first start.</param>
internal readonly record struct ListNumber(ulong Registry, long Number)
{
    /// <summary>Tells whether the same registry made the other list later.</summary>
    public bool IsBefore(ListNumber other) => Registry == other.Registry && Number < other.Number;
}
