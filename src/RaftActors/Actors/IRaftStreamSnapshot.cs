using Akka.Actor;

using RaftActors.Delivery;
using RaftActors.Engine;

namespace RaftActors;

/// <summary>
/// Bounds the log of a raft actor by snapshots of a state of any size, as <see cref="IRaftSnapshot{TState}"/> does with a small one. The
/// state is written, stored, sent and read piece by piece, so no process holds its bytes in memory. The actor applies pairs meanwhile. The
/// rules of <see cref="IRaftSnapshot{TState}"/> about the log and the group hold.
/// <para>
/// There are two ways to write a state while it changes. Copy-on-write: the state is an immutable collection, and TakeSnapshot returns a
/// writer of the present one. Own files: the actor keeps its state in a database or in files, and TakeSnapshot returns a writer of a
/// read transaction, or of files that do not change any more.
/// </para>
/// </summary>
public interface IRaftStreamSnapshot : IRaftSnapshot
{
    /// <summary>
    /// Returns a writer of the actor's present state, without writing it. All pairs up to <paramref name="serial"/> are delivered at this
    /// moment, and none above it. The writer writes exactly this state, although the actor changes its own meanwhile.
    /// <para>
    /// The call runs in the actor, between two callbacks. An exception goes to the supervisor, and this snapshot is not taken. The same
    /// holds for a later exception of the writer, if the life of the actor has not ended.
    /// </para>
    /// </summary>
    /// <param name="serial">The serial of the last delivered pair.</param>
    StateWriter TakeSnapshot(Serial serial);

    /// <summary>
    /// Replaces the actor's whole state by the state of a snapshot. HandleAppend then delivers the pairs above
    /// <paramref name="serial"/>, also those that this life received before.
    /// <para>
    /// The call comes at the start of a life, and later when this process received a snapshot from another one. No pair is delivered
    /// until it returns. An exception goes to the supervisor; after a resume the call is repeated. It is also repeated if a later snapshot
    /// replaces this one while it is read.
    /// </para>
    /// </summary>
    /// <param name="serial">The serial of the last pair in the state.</param>
    /// <param name="state">
    /// The bytes that a <see cref="StateWriter"/> wrote, of this process or another one. The stream is seekable, and valid during the call
    /// only. Each piece of 64 KiB is checked before its first byte is read. A read of a damaged or missing piece throws an
    /// <see cref="IOException"/>; the engine stops then, and the actor is not restarted.
    /// </param>
    void RestoreSnapshot(Serial serial, Stream state);

    void IRaftSnapshot.DemandType(ActorSystem system)
    {
        // Any state is bytes.
    }

    StateWriter IRaftSnapshot.Take(ActorSystem system, Serial serial) => TakeSnapshot(serial);

    Serial IRaftSnapshot.Restore(ActorSystem system, RaftProcess process, KeptResults results) =>
        process.Restore(results, state => RestoreSnapshot(state.Serial, state));
}
