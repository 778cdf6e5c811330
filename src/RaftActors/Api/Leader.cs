using RaftActors.Core;

namespace RaftActors;

/// <summary>The leader of the quorum, as this process sees it.</summary>
/// <param name="Pid">Who leads.</param>
/// <param name="Term">Since which election.</param>
/// <param name="Serial">The last serial in its log when it was elected, or when this actor first heard of it.</param>
/// <param name="IsSelf">This process leads.</param>
/// <param name="IsReady">
/// It has committed an entry of its own term, so it answers queries and takes Joins and Leaves. False at first; HandleLeader is called
/// again when it has become true.
/// </param>
public sealed record Leader(Pid Pid, Term Term, Serial Serial, bool IsSelf, bool IsReady);
