using RaftActors.Core;
using RaftActors.Storage.Disk;
using RaftActors.Storage.Log;

namespace RaftActors.Storage;

/// <summary>
/// Saves the snapshots that processes take of their own state, beside the log. The saves of one store follow one another. A save without
/// room on the disk is tried again.
/// </summary>
/// <param name="hasThread">Saves run on the thread pool. Otherwise <see cref="SavePending"/> runs them.</param>
internal sealed class SnapshotSaver(LogWriter writer, StoreOptions options, bool hasThread)
{
    private readonly List<PendingSave> _pending = [];

    public void Save(SlotOpening opening, Snapshot snapshot, ReadOnlyMemory<byte> state)
    {
        var save = new PendingSave(opening, snapshot, state);
        opening.SaveNext((before, stopping) =>
        {
            if (hasThread)
            {
                return Task.Run(() => SaveAfter(before, save, stopping), CancellationToken.None);
            }

            _pending.Add(save);
            return Task.CompletedTask;
        });
    }

    /// <summary>Begins a snapshot that the caller's thread writes in pieces. It waits for no other save.</summary>
    public ISnapshotWriter Begin(SlotOpening opening, Snapshot snapshot)
    {
        var streamed = new StreamedSnapshotWriter(writer, options, opening, snapshot);
        opening.KeepStream(streamed);
        return streamed;
    }

    /// <summary>A save waits for room. The caller holds the lock of the writer.</summary>
    public bool HasPending => _pending.Count > 0;

    /// <summary>Tries the pending saves again, and returns whether any was finished. The caller holds the lock of the writer.</summary>
    public bool SavePending() => _pending.Count > 0 && _pending.RemoveAll(TrySave) > 0;

    /// <summary>Forgets the pending saves of an opening that ends. The caller holds the lock of the writer.</summary>
    public void Forget(SlotOpening opening) => _pending.RemoveAll(save => save.Opening == opening);

    private async Task SaveAfter(Task before, PendingSave save, CancellationToken stopping)
    {
        await before.ConfigureAwait(false);
        while (!TrySave(save) && !stopping.IsCancellationRequested)
        {
            await Task.Delay(options.RetryAfter, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <returns>False if the disk is full, so the save must be tried again.</returns>
    private bool TrySave(PendingSave save)
    {
        var (opening, snapshot, state) = save;
        if (writer.Failure is not null || opening.Snapshots is not { } snapshots)
        {
            return true;
        }

        try
        {
            writer.SyncForSnapshot();
            snapshots.Save(snapshot, state);
        }
        catch (DiskFullException)
        {
            return false;
        }
        catch (Exception e)
        {
            writer.Fail(e);
            return true;
        }

        opening.Listener?.OnSnapshotSaved(snapshot);
        return true;
    }

    private readonly record struct PendingSave(SlotOpening Opening, Snapshot Snapshot, ReadOnlyMemory<byte> State);
}
