using Akka.Configuration;

using RaftActors.Storage;

namespace RaftActors;

/// <summary>
/// The options of one raft actor. An unset option comes from the actor system's configuration: from <c>raft.groups.NAME</c> for the
/// group NAME, else from <c>raft</c>. <c>src/RaftActors/reference.conf</c> describes every setting.
/// <para>
/// The engine of a process uses the options of the actor's first life. Later lives decide only <see cref="LastSerial"/>.
/// </para>
/// </summary>
/// <typeparam name="TValue">The type of the values of the group.</typeparam>
public sealed record RaftOptions<TValue>
{
    /// <summary>
    /// The group id, the same on all processes of the group. Processes of different groups do not know each other. Null:
    /// <c>raft.group</c>, which is "default" by default.
    /// </summary>
    public string? Group { get; init; }

    /// <summary>
    /// Makes the actor a process of a shard. Then <see cref="Group"/> and <see cref="Name"/> are those of the shard unless they are
    /// set. Of the roster only the nodes count: the shard has one process on each. The leaders of the shards spread over the nodes:
    /// each shard prefers another node, among those of the highest <c>raft.priority</c>. Null: no shard.
    /// </summary>
    public RaftShard? Shard { get; init; }

    /// <summary>
    /// The process's own name, without the node: <c>raft1</c> of <c>raft1@node1@localhost</c>. Without <c>@</c>. Null: the name of the
    /// actor.
    /// </summary>
    public string? Name { get; init; }

    /// <summary>
    /// The full names of all processes that found the group, such as <c>raft1@node1@localhost</c>. The same on all of them, and each
    /// name once. Null: <c>raft.roster</c>.
    /// </summary>
    public IReadOnlyList<string>? Roster { get; init; }

    /// <summary>
    /// The pairs that the process has before the founding, with serials 1, 2, 3 and so on. Default: none. They go into an empty store
    /// only, at term 0 and with <see cref="DateTimeOffset.UnixEpoch"/> as their time. The actor is expected to have them: they are not
    /// delivered.
    /// <para>
    /// Processes with different preloaded pairs found no group. After a restart the process keeps its log. If the log differs from the
    /// preloaded pairs, delivery starts with the first different pair.
    /// </para>
    /// </summary>
    public IReadOnlyList<(string Key, TValue Value)> Preload { get; init; } = [];

    /// <summary>
    /// The last serial that the actor has in a store of its own. Delivery starts above it. Null: the number of preloaded pairs. If the
    /// latest snapshot is above it, the actor receives the snapshot first (<see cref="IRaftSnapshot{TState}"/>).
    /// </summary>
    public Serial? LastSerial { get; init; }

    /// <summary>
    /// Creates another store than that of the settings. Called once for each process of an actor system. The engine opens the store, and
    /// disposes it when it stops. Null: files in <c>raft.store.directory</c>, or memory if that key is empty.
    /// </summary>
    internal Func<IRaftStore>? Store { get; init; }

    /// <summary>Settings of <c>raft</c> for this process alone, for groups with several processes in one actor system.</summary>
    internal Config? Settings { get; init; }

    /// <summary>The newest logic version of an actor whose class does not know it.</summary>
    internal int LogicVersion { get; init; } = 1;

    /// <summary>
    /// Converts values to bytes and back. The same on all processes of the group, for the lifetime of the log. Null: strings, numbers,
    /// bool and byte[] need no codec, and other types use <see cref="Raft.UseJson"/> or their serializer in
    /// <c>akka.actor.serialization-bindings</c>. A type without any of them is refused at the start, with a
    /// <see cref="RaftConfigurationException"/>.
    /// </summary>
    public RaftCodec<TValue>? Codec { get; init; }

    /// <summary>
    /// Says why a pair must not be appended, as text for the caller; null: it may be. Called with key and value before the pair is sent to
    /// the leader, on the process that was asked: for Appends of its actor and for those of clients. A refused Append ends as NotCommitted
    /// with <see cref="NotCommittedReason.Invalid"/>, and so does one for which the function throws. Null: no pair is refused.
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
    /// Whether only clients with the role operator may append a value (<c>raft.security</c>). Any thread may call it. Null: writers may
    /// append each one.
    /// </summary>
    public Func<TValue, bool>? IsOfOperators { get; init; }
}
