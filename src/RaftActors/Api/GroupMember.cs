using RaftActors.Core;

namespace RaftActors;

/// <summary>A process that belongs to the group, running or not.</summary>
/// <param name="Name">The full name of the process.</param>
/// <param name="IsVoter">True for a quorum member, false for a learner.</param>
public sealed record GroupMember(ProcessName Name, bool IsVoter);
