using RaftActors.Core;
using RaftActors.Storage.Disk;

namespace RaftActors.Storage;

/// <content>Saves the snapshots that processes take of themselves, beside the log: one after the other for each store.</content>
public sealed partial class StoreDirectory
{
    /// <summary>Begins to save; without a thread it is done by <see cref="WriteQueued"/>.</summary>
    internal Task Save(Task before, FileStore store, Snapshot snapshot, ReadOnlyMemory<byte> state, CancellationToken stopping)
    {
        var save = new PendingSave(store, snapshot, state);
        if (_thread is not null)
        {
            return Task.Run(() => SaveAfter(before, save, stopping), CancellationToken.None);
        }

        _saves.Add(save);
        return Task.CompletedTask;
    }

    private async Task SaveAfter(Task before, PendingSave save, CancellationToken stopping)
    {
        await before.ConfigureAwait(false);
        while (!TrySave(save) && !stopping.IsCancellationRequested)
        {
            await Task.Delay(_options.RetryAfter, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private bool SavePending() => _saves.Count > 0 && _saves.RemoveAll(TrySave) > 0;

    /// <returns>False: the disk is full, and it has to be tried again.</returns>
    private bool TrySave(PendingSave save)
    {
        var (store, snapshot, state) = save;
        if (Writer.Failure is not null || store.Snapshots is not { } snapshots)
        {
            return true;
        }

        try
        {
            if (_options.Sync != SyncPolicy.Always)
            {
                // What a snapshot stands for was acknowledged, and the log must not contradict it.
                Locked(Writer.Sync);
                if (Writer.Failure is not null)
                {
                    return true;
                }
            }

            snapshots.Save(snapshot, state);
        }
        catch (DiskFullException)
        {
            return false;
        }
        catch (Exception e)
        {
            Locked(() => Writer.Fail(e));
            return true;
        }

        store.Listener?.OnSnapshotSaved(snapshot);
        return true;
    }

    private void Locked(Action action)
    {
        lock (Writer.Lock)
        {
            action();
        }
    }
}
