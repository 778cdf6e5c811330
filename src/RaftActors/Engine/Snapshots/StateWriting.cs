using Akka.Actor;

using RaftActors.Core;
using RaftActors.Delivery;
using RaftActors.Settings;
using RaftActors.Storage;

namespace RaftActors.Engine;

/// <summary>
/// Writes the state of the actor into the store while the actor goes on, by running its <see cref="StateWriter"/> on another thread. The
/// engine hears of its end: by <see cref="StoreNews.SnapshotSaved"/>, or by <see cref="StoreNews.StateNotSaved"/> once the unfinished
/// snapshot is dropped.
/// </summary>
internal sealed class StateWriting
{
    private readonly CancellationTokenSource _stopping = new();

    private StateWriting(Snapshot description, bool isBlock) => (Description, IsBlock) = (description, isBlock);

    /// <summary>The description of the snapshot, without its length.</summary>
    public Snapshot Description { get; }

    /// <inheritdoc cref="ToEngine.State.IsBlock"/>
    public bool IsBlock { get; }

    public bool IsCancelled => _stopping.IsCancellationRequested;

    public static StateWriting Start(HostedStore store, Snapshot description, StateWriter writer, bool isBlock, IActorRef engine)
    {
        var writing = new StateWriting(description, isBlock);
        var target = store.BeginSnapshot(description);
        if (isBlock && target.IsInMemory)
        {
            _ = writing.Run(target, writer, engine);
        }
        else
        {
            RunOnThread(() => writing.Run(target, writer, engine));
        }

        return writing;
    }

    /// <summary>Runs the writer of a snapshot that is not needed, so that it releases what it holds.</summary>
    public static void Release(StateWriter writer) => RunOnThread(async () =>
    {
        try
        {
            var isCancelled = new CancellationToken(canceled: true);
            using var state = new StateWriterStream(target: null, isCancelled);
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

    private async Task Run(ISnapshotWriter target, StateWriter writer, IActorRef engine)
    {
        var state = new StateWriterStream(target, _stopping.Token);
        try
        {
            using (target)
            {
                await writer(state, _stopping.Token).ConfigureAwait(false);
                state.Complete();
            }
        }
        catch (Exception e)
        {
            engine.Tell(new StoreNews.StateNotSaved(this, state.Failure ?? e));
        }
    }
}
