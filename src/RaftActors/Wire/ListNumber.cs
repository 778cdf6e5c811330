namespace RaftActors.Wire;

/// <summary>A list of the processes of a node, at one time.</summary>
/// <param name="Registry">Differs in each life of the node.</param>
/// <param name="Number">Grows with each list of this life.</param>
internal readonly record struct ListNumber(ulong Registry, long Number)
{
    /// <summary>The same registry made the other list later. False if another one made it.</summary>
    public bool IsBefore(ListNumber other) => Registry == other.Registry && Number < other.Number;
}
