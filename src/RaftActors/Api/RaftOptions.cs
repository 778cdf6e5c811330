using RaftActors.Core;
using RaftActors.Storage;

namespace RaftActors;

/// <summary>
/// What a raft actor says about itself. Whatever is left unset comes from the actor system's configuration: from
/// <c>raft.groups.{Group}</c> if it is there, else from <c>raft</c>. The engine of a process is started with the options of its actor's
/// first life; later lives decide only <see cref="LastSerial"/> and <see cref="LearnerDelivery"/> anew.
/// </summary>
public sealed record RaftOptions<TValue>
{
    /// <summary>The group; processes of different groups do not know each other. Unset: <c>raft.group</c>.</summary>
    public string? Group { get; init; }

    /// <summary>The process's own name, without its node: <c>raft1</c>. Unset: the name of the actor.</summary>
    public string? Name { get; init; }

    /// <summary>
    /// The full names of all processes of the group, the same on each of them: <c>raft1@node1@localhost</c>. Unset: <c>raft.roster</c>.
    /// </summary>
    public IReadOnlyList<string>? Roster { get; init; }

    /// <summary>The largest quorum: odd, 3 to 11. Unset: <c>raft.quorum.max</c>.</summary>
    public int? MaxQuorum { get; init; }

    /// <summary>
    /// Lets a roster of one or two found a group; it survives no failure. Unset: <c>raft.quorum.allow-fewer-than-three</c>.
    /// </summary>
    public bool? AllowFewerThanThree { get; init; }

    /// <summary>
    /// This process founds no group: it waits until one takes it in (<see cref="RaftGroup{TValue}.Join"/>), and learns from it who the
    /// others are. A roster is not needed then. Unset: <c>raft.joining</c>.
    /// </summary>
    public bool? IsJoining { get; init; }

    /// <summary>
    /// The pairs that the process starts with, as serials 1, 2, 3 and so on. They go into an empty store only, and must agree with what the
    /// other processes bring: two that differ found no group. The actor has them: they are not handed to it. A process that comes back
    /// keeps its log, and its actor is handed everything from the first pair on in which the two differ.
    /// </summary>
    public IReadOnlyList<(string Key, TValue Value)> Preload { get; init; } = [];

    /// <summary>
    /// The last serial that the actor has in a store of its own; it is handed what follows. Unset: the number of preloaded pairs. Below the
    /// latest snapshot the actor is given that first, if it takes snapshots (<see cref="IRaftSnapshot{TState}"/>).
    /// </summary>
    public Serial? LastSerial { get; init; }

    /// <summary>
    /// A store of one's own for term, vote, log and snapshots: called once for each process and actor system, opened, and disposed of when
    /// the engine has stopped. Unset: files in <c>raft.store.directory</c>, or memory if that is empty.
    /// </summary>
    public Func<IRaftStore>? Store { get; init; }

    /// <summary>
    /// How values become bytes; the same on all processes of the group, for as long as the log exists. Unset: strings, numbers, bool and
    /// byte[] as they are, other types by the serializer that <c>akka.actor.serialization-bindings</c> binds to them. A type that has
    /// neither is refused when the actor starts.
    /// </summary>
    public RaftCodec<TValue>? Codec { get; init; }

    /// <summary>How committed pairs arrive while this process is a learner. Unset: <c>raft.learner.delivery</c>.</summary>
    public LearnerDelivery? LearnerDelivery { get; init; }
}
