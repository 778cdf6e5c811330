using System.Collections.Immutable;

namespace RaftActors.Core;

/// <summary>The quorum as one process sees it.</summary>
/// <param name="Members">The quorum members: at founding the coming leader first, then by name.</param>
/// <param name="IsMember">Whether this process is one of them.</param>
/// <param name="Configuration">The configuration that the view was read from.</param>
public sealed record QuorumView(ImmutableArray<Member> Members, bool IsMember, Configuration Configuration);
