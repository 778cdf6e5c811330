using System.Collections.Immutable;

namespace RaftActors;

/// <summary>The group after a change: the result of a Join, a Leave or a TransferLeadership.</summary>
/// <param name="Members">The members by name.</param>
/// <param name="Index">The index of their configuration, for the <c>basedOn</c> of the next Join or Leave.</param>
/// <param name="Leader">The leader. Null: the process that made the call does not know it yet.</param>
public sealed record Membership(ImmutableArray<GroupMember> Members, LogIndex Index, ProcessName? Leader)
{
    /// <inheritdoc/>
    public override string ToString() =>
        $"members {string.Join(' ', Members.Select(member => member.Name))} at {Index}, leader {Leader?.Value ?? "unknown"}";
}
