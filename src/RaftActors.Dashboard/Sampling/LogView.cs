namespace RaftActors.Dashboard.Sampling;

/// <summary>The latest committed pairs of a group, as this node has them.</summary>
/// <param name="Process">The process that has them.</param>
/// <param name="Pairs">The oldest first.</param>
/// <param name="Show">Makes a text of a value. Null if the application shows none of this group.</param>
internal sealed record LogView(ProcessName? Process, IReadOnlyList<CommittedPair> Pairs, Func<CommittedPair, string?>? Show)
{
    public const int PairsMax = 50;
}
