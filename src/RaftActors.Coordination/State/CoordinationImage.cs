using System.Collections.Immutable;

namespace RaftActors.Coordination.State;

/// <summary>The state in a snapshot. Equal states give equal images.</summary>
internal sealed record CoordinationImage(ImmutableArray<SessionImage> Sessions, ImmutableArray<LockImage> Locks);

/// <param name="Renewed">The serial of the latest renewal.</param>
internal sealed record SessionImage(long Id, string Owner, TimeSpan Timeout, long Renewed);

/// <param name="Holders">In the order in which they were granted.</param>
/// <param name="Waiting">In their order. Their token is 0.</param>
internal sealed record LockImage(string Name, int Permits, ImmutableArray<LockHolder> Holders, ImmutableArray<LockHolder> Waiting);
