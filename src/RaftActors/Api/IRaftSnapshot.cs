using Akka.Actor;

using RaftActors.Core;
using RaftActors.Delivery;

namespace RaftActors;

/// <summary>
/// What a raft actor implements whose state may take the place of the pairs that led to it: by <see cref="IRaftSnapshot{TState}"/>.
/// </summary>
public interface IRaftSnapshot
{
    /// <exception cref="RaftConfigurationException">The state has no codec and no serializer.</exception>
    internal void DemandType(ActorSystem system);

    internal ReadOnlyMemory<byte> Take(ActorSystem system, Serial serial);

    internal void Restore(ActorSystem system, Serial serial, ReadOnlyMemory<byte> state);
}

/// <summary>
/// Implemented by a raft actor whose state may take the place of the pairs that led to it. Without it a process keeps its whole log, for
/// ever, and replays it at each start. With it, a snapshot is taken when <c>raft.snapshot</c> says so; what it stands for is discarded but
/// for the last <c>raft.snapshot.retained-entries</c>; a new life of the actor starts from it; and a process that is too far behind is sent
/// one. So all processes of a group implement it, or none.
/// </summary>
/// <typeparam name="TState">
/// Strings, numbers, bool and byte[] need no serializer. Other types need a <see cref="StateCodec"/>, or a serializer in
/// <c>akka.actor.serialization-bindings</c>. Later versions of the program must be able to read it, as long as a snapshot of it exists.
/// </typeparam>
public interface IRaftSnapshot<TState> : IRaftSnapshot
{
    /// <summary>How the state becomes bytes. Default: null, for a state that needs none.</summary>
    RaftCodec<TState>? StateCodec => null;

    /// <summary>
    /// The state after all pairs up to this serial, and nothing else: no HandleAppend is left out, none of a later one is in it. Called in
    /// the actor, between two callbacks, so it should be quick: hand out a copy and serialize as little as possible. An exception goes to
    /// the supervisor, and no snapshot is taken this time.
    /// </summary>
    TState TakeSnapshot(Serial serial);

    /// <summary>
    /// Replaces the actor's whole state by that of a snapshot, of this process or another one; the pairs after its serial follow. Called at
    /// the start of a life, or later when this process was sent a snapshot; before that nothing is handed over. An exception goes to the
    /// supervisor; an actor that is resumed is called again.
    /// </summary>
    void RestoreSnapshot(Serial serial, TState state);

    void IRaftSnapshot.DemandType(ActorSystem system) =>
        new ValueCodec<TState>(system, StateCodec).DemandType("snapshot state", $"{nameof(IRaftSnapshot)}.{nameof(StateCodec)}");

    ReadOnlyMemory<byte> IRaftSnapshot.Take(ActorSystem system, Serial serial) =>
        new ValueCodec<TState>(system, StateCodec).Encode(TakeSnapshot(serial));

    void IRaftSnapshot.Restore(ActorSystem system, Serial serial, ReadOnlyMemory<byte> state) =>
        RestoreSnapshot(serial, new ValueCodec<TState>(system, StateCodec).Decode(state));
}
