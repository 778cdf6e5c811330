using System.Collections.Immutable;

using RaftActors.Core;
using RaftActors.Settings;

namespace RaftActors.Engine;

/// <summary>
/// The state that an engine publishes about its process. Immutable: the engine replaces <see cref="RaftProcess.View"/> by the next one.
/// </summary>
/// <param name="Members">As committed here. Before anything is committed, as the store has them.</param>
internal sealed record ProcessView(RaftRole Role, Term Term, ProcessName? LedBy, GroupUid Identity, ImmutableArray<GroupMember> Members)
{
    /// <summary>When the role began.</summary>
    public DateTimeOffset RoleSince { get; init; } = DateTimeOffset.UtcNow;

    /// <summary>The group has removed this process. False again when a leader is found.</summary>
    public bool IsRemoved { get; init; }

    /// <summary>The latest durable snapshot of the actor's state; null if there is none.</summary>
    public Snapshot? Snapshot { get; init; }

    /// <summary>The index of the configuration that <see cref="Members"/> are of; 0: it is not committed.</summary>
    public LogIndex MembersIndex { get; init; }

    /// <summary>The recorded maximum of the quorum, as committed here; null: none is known.</summary>
    public int? MaxQuorum { get; init; }

    /// <summary>Why the process is fenced; null if it is not.</summary>
    public string? Fence { get; init; }

    /// <summary>The last change of members that this process decided as the leader, and its reason; null if there is none.</summary>
    public string? Decision { get; init; }

    /// <summary>The failure of the store that stopped the engine; null if there is none.</summary>
    public string? Failure { get; init; }

    /// <summary>The other processes that this one has met and that are in reach, by name.</summary>
    public ImmutableArray<ProcessName> Reachable { get; init; } = [];

    /// <summary>Second processes with the name of this one or of a peer, as text for people; null: none is known.</summary>
    public string? Twins { get; init; }

    /// <summary>Why the group refuses this process: another one has its name. Null: it does not. Null once a leader is known.</summary>
    public string? NameTaken { get; init; }

    /// <summary>The disk of the store has fewer free bytes than <c>raft.store.free-space-floor</c>.</summary>
    public bool IsDiskNearlyFull { get; init; }

    /// <summary>The view without a Core: the founding roster, or of a joining process itself, without a vote.</summary>
    public static ProcessView AtStart(RaftSettings settings) => new(
        RaftRole.Follower,
        Term.Zero,
        null,
        GroupUid.None,
        [.. settings.Roster.Select(name => new GroupMember(name, isVoter: !settings.IsJoining))]);

    /// <summary>The members by name. A learner with the name of a voter, another incarnation of it, is the same member.</summary>
    public static ImmutableArray<GroupMember> MembersOf(Configuration configuration) =>
        [.. configuration.Everybody().GroupBy(member => member.Name).Select(members => new GroupMember(
            members.Key, configuration.Voters.Any(voter => voter.Name == members.Key))
        {
            Incarnations = [.. members.Select(member => member.Incarnation).Where(one => one != Incarnation.None)],
        })];

    /// <summary>The same with what Core says now. The same object if Core says nothing new, as in most steps.</summary>
    public ProcessView With(RaftCore core)
    {
        var (role, term, ledBy, identity) = (core.Role, core.Term, core.Leader?.Name, core.Configuration.Group);
        return role == Role && term == Term && ledBy == LedBy && identity == Identity
            ? this
            : this with
            {
                Role = role,
                RoleSince = role == Role ? RoleSince : DateTimeOffset.UtcNow,
                Term = term,
                LedBy = ledBy,
                Identity = identity,
                NameTaken = ledBy is null ? NameTaken : null,
                IsRemoved = IsRemoved && (ledBy is null || ledBy == LedBy),
            };
    }
}
