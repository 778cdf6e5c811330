using System.Collections.Immutable;

using RaftActors.Core;

namespace RaftActors.Engine;

/// <summary>Where a process stands in its group, for everybody to read.</summary>
internal sealed record ProcessView(RoleKind Role, Term Term, ProcessName? LedBy, GroupUid Identity, ImmutableArray<GroupMember> Members)
{
    /// <summary>Before there is a core: who is to found the group, or of who joins only itself, which has no vote.</summary>
    public static ProcessView AtStart(RaftSettings settings) => new(
        RoleKind.Follower,
        Term.Zero,
        null,
        GroupUid.None,
        [.. settings.Roster.Select(name => new GroupMember(name, IsVoter: !settings.IsJoining))]);

    /// <param name="members">As committed here, or before anything is, as the store has it.</param>
    public static ProcessView Of(RaftCore core, ImmutableArray<GroupMember> members) =>
        new(core.Role, core.Term, core.Leader?.Name, core.Configuration.Group, members);

    /// <summary>By name. Another life of a voter only follows, and is the same member.</summary>
    public static ImmutableArray<GroupMember> MembersOf(Configuration configuration) =>
        [.. configuration.Names().Select(name => new GroupMember(name, configuration.Voters.Any(voter => voter.Name == name)))];
}
