using System.Collections.Immutable;
using System.Text.Json.Serialization;

using Akka.Actor;

using RaftActors.Core;

namespace RaftActors;

/// <summary>
/// The state of one raft process of this actor system at one moment, for health checks and operators. See <see cref="Raft.Processes"/>.
/// </summary>
/// <param name="Group">The group id.</param>
/// <param name="Name">The name of the process.</param>
public sealed record ProcessStatus(string Group, ProcessName Name)
{
    /// <summary>The raft actor. Null: it has stopped, or its restart has not finished.</summary>
    [JsonIgnore]
    public IActorRef? Actor { get; init; }

    /// <summary>Whether the store is open. Until then, the properties below have their default values.</summary>
    public bool IsOpen { get; init; }

    /// <summary>Why the store cannot be opened, or why the engine has stopped, as text for people. Null: neither is the case.</summary>
    public string? Failure { get; init; }

    /// <summary>Why the process is fenced, and the remedy, as text for people. Null if it is not fenced.</summary>
    public string? Fence { get; init; }

    /// <summary>The Raft role of the process in its term.</summary>
    public RaftRole Role { get; init; }

    /// <summary>The latest term that the process knows.</summary>
    public Term Term { get; init; }

    /// <summary>The leader, which may be this process. Null: no leader is known.</summary>
    public ProcessName? Leader { get; init; }

    /// <summary>The members of the group by name, as <see cref="RaftStatus.Members"/> has them.</summary>
    public ImmutableArray<GroupMember> Members { get; init; } = [];

    /// <summary>The other processes that this one has met and that are in reach, by name.</summary>
    public ImmutableArray<ProcessName> Reachable { get; init; } = [];

    /// <summary>
    /// Two processes run with one name, which is this process's or a peer's, as text for people with the remedy. Null: none is known.
    /// </summary>
    public string? NameConflict { get; init; }

    /// <summary>The disk of the store has fewer free bytes than <c>raft.store.free-space-floor</c>.</summary>
    public bool IsDiskNearlyFull { get; init; }

    /// <summary>The actor has received all pairs up to this serial.</summary>
    public Serial Delivered { get; init; }

    /// <summary>The highest serial that is known as committed on this process.</summary>
    public Serial Committed { get; init; }

    /// <summary>The entities of a shard that this process cannot bring up to date, by id.</summary>
    public ImmutableArray<QuarantinedEntity> Quarantined { get; init; } = [];

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Name} of {Group}: {(IsOpen ? $"{Role} in term {Term}" : "not open")}, leader {Leader?.Value ?? "unknown"}"
        + $", committed {Committed}, delivered {Delivered}"
        + $", members [{string.Join(", ", Members.Select(member => member.Name))}], in reach [{string.Join(", ", Reachable)}]"
        + (Failure is null ? "" : $", failed: {Failure}")
        + (Fence is null ? "" : $", fenced: {Fence}")
        + (NameConflict is null ? "" : $", name conflict: {NameConflict}")
        + (Quarantined.IsEmpty ? "" : $", quarantined: {string.Join(", ", Quarantined.Select(entity => entity.Id))}")
        + (IsDiskNearlyFull ? ", disk nearly full" : "");
}
