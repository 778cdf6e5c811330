using System.Collections.Immutable;

namespace RaftActors.Coordination.State;

/// <summary>The state in a snapshot. Equal states give equal images.</summary>
/// <param name="Era">The era of the latest pair.</param>
internal sealed record CoordinationImage(
    ImmutableArray<SessionImage> Sessions, ImmutableArray<LockImage> Locks, ItemsImage Items, long Era = 0);

/// <param name="LastClaim">The highest number of its claims, or -1.</param>
/// <param name="Client">The client that opened it, or null if the process that took the snapshot did not know it.</param>
/// <param name="Broken">The claims that an operator has taken away, or null.</param>
/// <param name="IsEnding">An operator has ended it.</param>
internal sealed record SessionImage(
    long Id,
    string Owner,
    TimeSpan Timeout,
    long LastClaim,
    Guid? Client = null,
    IReadOnlyList<long>? Broken = null,
    bool IsEnding = false);

/// <param name="Holders">In the order in which they were granted.</param>
/// <param name="Waiting">In their order, with tokens 0.</param>
internal sealed record LockImage(string Name, int Permits, ImmutableArray<RaftClaim> Holders, ImmutableArray<RaftClaim> Waiting);

/// <param name="Items">Sorted by name.</param>
/// <param name="Changes">The latest changes, in their order.</param>
/// <param name="Compacted">The serial of the latest forgotten change.</param>
internal sealed record ItemsImage(ImmutableArray<Item> Items, ImmutableArray<Item> Changes, long Compacted);
