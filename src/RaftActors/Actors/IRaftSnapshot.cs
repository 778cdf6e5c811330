using System.ComponentModel;

using Akka.Actor;

using RaftActors.Delivery;
using RaftActors.Engine;
using RaftActors.Values;

namespace RaftActors;

/// <summary>
/// The base of <see cref="IRaftSnapshot{TState}"/> and <see cref="IRaftStreamSnapshot"/>, of which an actor implements one. Public only
/// because C# demands it of a base, so editors do not offer it, and no other assembly can implement it.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface IRaftSnapshot
{
    /// <exception cref="RaftConfigurationException">The type of the state has neither a codec nor a serializer.</exception>
    internal void DemandType(ActorSystem system);

    internal StateWriter Take(ActorSystem system, Serial serial);

    /// <summary>Restores the latest snapshot of the process with the results in it, and returns its serial.</summary>
    /// <exception cref="UnreadableSnapshotException">The snapshot cannot be read, or its results are damaged.</exception>
    internal Serial Restore(ActorSystem system, RaftProcess process, KeptResults results);
}

/// <summary>
/// Bounds the log of a raft actor by snapshots of its state (Raft §7). Without this interface, a process keeps its whole log on disk,
/// and replays it at each start.
/// <para>
/// A snapshot is taken after <c>raft.snapshot.after-entries</c> entries or <c>raft.snapshot.after-bytes</c> bytes. Older entries are
/// then discarded, except the last <c>raft.snapshot.retained-entries</c>. A new life of the actor starts from the latest snapshot. A
/// process that lags too far receives one. So all processes of a group implement this interface, or none does.
/// </para>
/// <para>
/// The state is one block in memory. <see cref="IRaftStreamSnapshot"/> writes and reads a larger one piece by piece.
/// </para>
/// </summary>
/// <typeparam name="TState">
/// The state; at most 2 GiB as bytes. Strings, numbers, bool and byte[] need no serializer. Other types need
/// <see cref="Raft.UseJson"/>, a <see cref="StateCodec"/>, or a serializer in <c>akka.actor.serialization-bindings</c>. Later versions of
/// the program must be able to read existing snapshots.
/// </typeparam>
public interface IRaftSnapshot<TState> : IRaftSnapshot
{
    /// <summary>
    /// Converts the state to bytes and back. Default: null, for a type that needs no codec or has a serializer.
    /// </summary>
    RaftCodec<TState>? StateCodec => null;

    /// <summary>
    /// Returns the actor's state. All pairs up to <paramref name="serial"/> are delivered at this moment, and none above it.
    /// <para>
    /// The call runs in the actor, between two callbacks, and the result is converted to bytes there. The actor handles no messages
    /// meanwhile. An exception goes to the supervisor, and this snapshot is not taken.
    /// </para>
    /// </summary>
    /// <param name="serial">The serial of the last delivered pair.</param>
    TState TakeSnapshot(Serial serial);

    /// <summary>
    /// Replaces the actor's whole state by the state of a snapshot. HandleAppend then delivers the pairs above
    /// <paramref name="serial"/>, also those that this life received before.
    /// <para>
    /// The call comes at the start of a life, and later when this process received a snapshot from another one. No pair is delivered
    /// until it returns. An exception goes to the supervisor; after a resume the call is repeated.
    /// </para>
    /// </summary>
    /// <param name="serial">The serial of the last pair in the state.</param>
    /// <param name="state">The result of a <see cref="TakeSnapshot"/>, of this process or another one.</param>
    void RestoreSnapshot(Serial serial, TState state);

    void IRaftSnapshot.DemandType(ActorSystem system) =>
        new ValueCodec<TState>(system, StateCodec, $"{nameof(IRaftSnapshot)}.{nameof(StateCodec)}").DemandType("snapshot state");

    StateWriter IRaftSnapshot.Take(ActorSystem system, Serial serial)
    {
        var state = new ValueCodec<TState>(system, StateCodec).Encode(TakeSnapshot(serial));
        return (stream, _) =>
        {
            stream.Write(state.Span);
            return Task.CompletedTask;
        };
    }

    Serial IRaftSnapshot.Restore(ActorSystem system, RaftProcess process, KeptResults results) => process.Restore(
        results, state => RestoreSnapshot(state.Serial, new ValueCodec<TState>(system, StateCodec).Decode(state.ReadAll())));
}
