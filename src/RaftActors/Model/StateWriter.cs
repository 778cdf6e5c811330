namespace RaftActors;

/// <summary>
/// Writes one state of an actor. It runs on a thread of its own while the actor goes on, once for each
/// <see cref="IRaftStreamSnapshot.TakeSnapshot"/>, so that it can release what it holds. Only the stop of the engine may leave it out.
/// <para>
/// The snapshot is dropped, and <paramref name="stopping"/> is cancelled, if the actor restarts or stops, if the process stops, or if it
/// installs a later snapshot. Then a write throws an <see cref="OperationCanceledException"/>. A write without room on the disk throws an
/// <see cref="IOException"/>, and the snapshot is dropped; the engine logs it, and the actor is not told.
/// </para>
/// </summary>
/// <param name="state">
/// Takes the bytes. A write blocks for the disk. Writes may be small. The state ends when the task does; disposing the stream does nothing.
/// </param>
/// <param name="stopping">Cancelled: the snapshot is not needed any more. It may be cancelled already.</param>
public delegate Task StateWriter(Stream state, CancellationToken stopping);
