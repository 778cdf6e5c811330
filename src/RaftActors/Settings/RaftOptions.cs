using Akka.Configuration;

using RaftActors.Storage;

namespace RaftActors;

/// <summary>
/// The options of one raft actor. An unset option comes from the actor system's configuration: from <c>raft.groups.NAME</c> for the
/// group NAME, otherwise from <c>raft</c>. The comments of reference.conf describe every setting.
/// <para>
/// The engine of a process uses the options of the actor's first life. After a restart of the actor, only <see cref="LastSerial"/> counts.
/// </para>
/// </summary>
/// <typeparam name="TValue">The type of the values of the group.</typeparam>
public sealed record RaftOptions<TValue>
{
    /// <summary>
    /// The name of the group, the same on all processes of the group. Processes of different groups do not know each other. If null,
    /// <c>raft.group</c> applies, or if that is empty the name of the actor.
    /// </summary>
    public string? Group { get; init; }

    /// <summary>
    /// Makes the actor a process of a shard, unless it is null. <see cref="Group"/> and <see cref="Name"/> are then those of the shard,
    /// unless they are set. Only the nodes of the roster count, because the shard has one process on each. The leaders of the shards
    /// spread over the nodes: each shard prefers another node, among those of the highest <c>raft.priority</c>.
    /// </summary>
    public RaftShard? Shard { get; init; }

    /// <summary>
    /// The process's own name without the node, such as <c>raft1</c> of <c>raft1@node1@localhost</c>. It has no <c>@</c>. If null, the
    /// name of the actor applies.
    /// </summary>
    public string? Name { get; init; }

    /// <summary>
    /// The full names of all processes that found the group, such as <c>raft1@node1@localhost</c>. The same on all of them, and each name
    /// once. If null, <c>raft.roster</c> applies, or <c>raft.nodes</c> with the name of this actor on each of them.
    /// </summary>
    public IReadOnlyList<string>? Roster { get; init; }

    /// <summary>
    /// The pairs that the process has before the founding, with serials 1, 2, 3 and so on. Default: none. They go only into an empty
    /// store, at term 0 and with <see cref="DateTimeOffset.UnixEpoch"/> as their time. They are not delivered, because the actor is
    /// expected to have them.
    /// <para>
    /// Processes with different preloaded pairs found no group. After a restart the process keeps its log. If the log differs from the
    /// preloaded pairs, delivery starts with the first different pair.
    /// </para>
    /// </summary>
    public IReadOnlyList<(string Key, TValue Value)> Preload { get; init; } = [];

    /// <summary>
    /// The last serial that the actor has in a store of its own. Delivery starts above it. If null, it is the number of preloaded pairs.
    /// If the latest snapshot is above it, the actor first receives that snapshot (<see cref="IRaftSnapshot{TState}"/>).
    /// </summary>
    public Serial? LastSerial { get; init; }

    /// <summary>
    /// Creates another store than that of the settings, once for each process of an actor system. The engine opens the store, and disposes
    /// it when it stops. If null, the store has files in <c>raft.store.directory</c>, or is in memory if that key is empty.
    /// </summary>
    internal Func<IRaftStore>? Store { get; init; }

    /// <summary>Settings of <c>raft</c> for this process alone, for groups with several processes in one actor system.</summary>
    internal Config? Settings { get; init; }

    /// <summary>The newest logic version of an actor whose class does not know it.</summary>
    internal int LogicVersion { get; init; } = 1;

    /// <summary>
    /// Converts values to bytes and back. The same on all processes of the group, for the lifetime of the log. If null, strings, numbers,
    /// bool and byte[] need no codec, and other types use <see cref="Raft.UseJson"/> or their serializer in
    /// <c>akka.actor.serialization-bindings</c>. The start of the actor refuses a type without any of them with a <see
    /// cref="RaftConfigurationException"/>.
    /// </summary>
    public RaftCodec<TValue>? Codec { get; init; }

    /// <summary>
    /// Returns why a pair must not be appended, as text for the caller, or null if it may be. Called with key and value on the process that
    /// was asked, before the pair goes to the leader: for Appends of its actor and of clients. A refused Append ends as NotDone with
    /// <see cref="FailureReason.Invalid"/>, and so does one for which the function throws. Without the function no pair is refused.
    /// <para>
    /// The function sees null only where <typeparamref name="TValue"/> is <c>object</c> or a nullable struct. Other pairs with null are
    /// refused before, because a switch over the types of commands would take null for one that is free of faults.
    /// </para>
    /// <para>
    /// Refuse here what no actor can handle, because an exception of HandleAppend stops the actors of the group. Any thread calls the
    /// function, so it uses its arguments alone. A rule about the state belongs to HandleProposal or HandleAppend.
    /// </para>
    /// </summary>
    public Func<string, TValue, string?>? FindFault { get; init; }

    /// <summary>
    /// Tells whether only clients with the role operator may append a value (<c>raft.security</c>). Any thread may call it. Without it,
    /// writers may append any value.
    /// </summary>
    public Func<TValue, bool>? IsOfOperators { get; init; }
}
