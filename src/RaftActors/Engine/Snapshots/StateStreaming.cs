using Akka.Actor;

using RaftActors.Core;
using RaftActors.Delivery;
using RaftActors.Settings;
using RaftActors.Storage;

namespace RaftActors.Engine;

/// <summary>
/// Writes the state of the actor into the store while the actor goes on, by running its <see cref="StateWriter"/> on another thread. At
/// its end it tells the engine <see cref="StoreNews.StateStreamed"/>. Invariant: an unfinished snapshot is dropped before the engine is
/// told.
/// </summary>
internal sealed class StateStreaming
{
    private readonly CancellationTokenSource _stopping = new();

    private StateStreaming(Snapshot description) => Description = description;

    /// <summary>The description of the snapshot, without its length.</summary>
    public Snapshot Description { get; }

    public bool IsCancelled => _stopping.IsCancellationRequested;

    public static StateStreaming Start(HostedStore store, Snapshot description, StateWriter writer, IActorRef engine)
    {
        var streaming = new StateStreaming(description);
        RunOnThread(async () => engine.Tell(await streaming.Run(store, writer).ConfigureAwait(false)));
        return streaming;
    }

    /// <summary>Runs the writer of a snapshot that is not needed, so that it releases what it holds.</summary>
    public static void Release(StateWriter writer) => RunOnThread(async () =>
    {
        try
        {
            var isCancelled = new CancellationToken(canceled: true);
            using var state = new StateWriterStream(new CollectedState(), isCancelled);
            await writer(state, isCancelled).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // The snapshot is not needed, so its failure does not matter.
        }
    });

    /// <summary>Makes the writer drop the snapshot. Does not wait for it.</summary>
    public void Cancel() => _stopping.Cancel();

    // A writer may block for minutes, so it must not occupy a thread of the pool.
    private static void RunOnThread(Func<Task> run) => Machine.Current.RunOnThread("raft-snapshot", () => _ = run());

    private async Task<StoreNews.StateStreamed> Run(HostedStore store, StateWriter writer)
    {
        StateWriterStream? state = null;
        try
        {
            var collected = new CollectedState();
            using var target = store.BeginSnapshot(Description) ?? collected;
            state = new StateWriterStream(target, _stopping.Token);
            await writer(state, _stopping.Token).ConfigureAwait(false);
            state.Complete();
            return new StoreNews.StateStreamed(this, target == collected ? collected.Bytes : null, null);
        }
        catch (Exception e)
        {
            return new StoreNews.StateStreamed(this, null, state?.Failure ?? e);
        }
    }

    /// <summary>Collects a state for a store that takes it as one block.</summary>
    private sealed class CollectedState : ISnapshotWriter
    {
        private readonly MemoryStream _bytes = new();

        public ReadOnlyMemory<byte> Bytes => _bytes.GetBuffer().AsMemory(0, (int)_bytes.Length);

        public void Append(ReadOnlySpan<byte> state)
        {
            if (_bytes.Length + state.Length > Array.MaxLength)
            {
                throw new StoreException(
                    $"A snapshot of more than {Array.MaxLength} bytes was not saved: a store in memory takes a state as one block. Set "
                    + "raft.store.directory.");
            }

            _bytes.Write(state);
        }

        public void Complete()
        {
        }

        public void Dispose()
        {
        }
    }
}
