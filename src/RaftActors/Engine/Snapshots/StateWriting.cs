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
internal sealed class StateWriting : IThreadPoolWorkItem
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly ISnapshotWriter _target;
    private readonly StateWriter _writer;
    private readonly IActorRef _engine;

    private StateWriting(ISnapshotWriter target, Snapshot description, StateWriter writer, bool isBlock, IActorRef engine) =>
        (_target, Description, _writer, IsBlock, _engine) = (target, description, writer, isBlock, engine);

    /// <summary>The description of the snapshot, without its length.</summary>
    public Snapshot Description { get; }

    /// <inheritdoc cref="ToEngine.State.IsBlock"/>
    public bool IsBlock { get; }

    public bool IsCancelled => _stopping.IsCancellationRequested;

    /// <param name="former">The bytes of the latest snapshot. A state as large as one with a turn rests while it is written.</param>
    public static StateWriting Start(
        HostedStore store, Snapshot description, StateWriter writer, bool isBlock, IActorRef engine, long former = 0)
    {
        var target = store.BeginSnapshot(description);
        var writing = new StateWriting(target, description, writer, isBlock, engine);
        if (isBlock && target.IsInMemory)
        {
            _ = writing.Run();
        }
        else if (!isBlock || former >= SnapshotTurn.BytesPerSecond)
        {
            RunOnThread(writing.Run);
        }
        else
        {
            // A block is ready, so its writer waits for nothing but the disk. A thread for each of a thousand groups would be too many.
            Machine.Current.Queue(writing);
        }

        return writing;
    }

    /// <summary>Runs the writer of a state that is not needed, so that it releases what it holds. A block holds nothing.</summary>
    public static void Release(ToEngine.State state)
    {
        if (state is { Writer: { } writer, IsBlock: false })
        {
            RunOnThread(() => ReleaseAsync(writer));
        }
    }

    private static async Task ReleaseAsync(StateWriter writer)
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
    }

    /// <summary>Makes the writer drop the snapshot. Does not wait for it.</summary>
    public void Cancel() => _stopping.Cancel();

    // A writer may block for minutes, so it must not occupy a thread of the pool.
    private static void RunOnThread(Func<Task> run) => Machine.Current.RunOnThread("raft-snapshot", () => _ = run());

    void IThreadPoolWorkItem.Execute() => _ = Run();

    private async Task Run()
    {
        var state = new StateWriterStream(_target, _stopping.Token);
        try
        {
            using (_target)
            {
                await _writer(state, _stopping.Token).ConfigureAwait(false);
                state.Complete();
            }
        }
        catch (Exception e)
        {
            _engine.Tell(new StoreNews.StateNotSaved(this, state.Failure ?? e));
        }
    }
}
