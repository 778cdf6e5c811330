using System.Collections.Immutable;

namespace RaftActors;

/// <summary>The group after a change: the result of a Join, a Leave or a TransferLeadership.</summary>
public sealed record Membership
{
    internal Membership(ImmutableArray<GroupMember> members, LogIndex index, ProcessName? leader) =>
        (Members, Index, Leader) = (members, index.Value, leader);

    /// <summary>The members by name.</summary>
    public ImmutableArray<GroupMember> Members { get; }

    /// <summary>The index of their configuration, for the <c>basedOn</c> of the next Join or Leave.</summary>
    public long Index { get; }

    /// <summary>The leader. Null: the process that made the call does not know it yet.</summary>
    public ProcessName? Leader { get; }

    /// <inheritdoc/>
    public override string ToString() =>
        $"members {string.Join(' ', Members.Select(member => member.Name))} at {Index}, leader {Leader?.Value ?? "unknown"}";
}
