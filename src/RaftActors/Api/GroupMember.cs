using RaftActors.Core;

namespace RaftActors;

/// <summary>A process that belongs to the group, whether it runs or not.</summary>
/// <param name="IsVoter">It is a quorum member; otherwise it follows.</param>
public sealed record GroupMember(ProcessName Name, bool IsVoter);
