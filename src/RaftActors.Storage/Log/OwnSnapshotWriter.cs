using RaftActors.Core;
using RaftActors.Storage.Disk;
using RaftActors.Storage.Snapshots;

namespace RaftActors.Storage.Log;

/// <summary>
/// Writes a snapshot of a process's own state into the folder of an opening. Invariant: the file gets its name, or it is deleted. A large
/// state ends before it takes the room below <see cref="StoreOptions.FreeSpaceFloorBytes"/>, which the log needs. Any thread may dispose
/// it.
/// </summary>
internal sealed class OwnSnapshotWriter(
    LogWriter log, StoreOptions options, SlotOpening opening, Snapshot snapshot, SnapshotPace? pace) : ISnapshotWriter
{
    // A state of at most this part of the floor may take the last room, because the log shrinks by its snapshot. One at a time in a
    // directory, because all stores of it share the room.
    private const int SmallPart = 16;

    private readonly Lock _lock = new();
    private readonly ManualResetEventSlim _isEnded = new();
    private SnapshotFileWriter? _writer;
    private StoreException? _end;

    public void Append(ReadOnlySpan<byte> state)
    {
        lock (_lock)
        {
            var folder = DemandOpen();
            try
            {
                DemandRoom(folder, state.Length);
                _writer ??= folder.Begin(snapshot);
                _writer.Append(state);
            }
            catch (Exception e)
            {
                throw Fail(e);
            }
        }

        // Without the lock, because Dispose would wait for it. A thread of the pool does not rest, because engines run on the pool.
        if (!Thread.CurrentThread.IsThreadPoolThread && pace?.RestAfterPiece(log.Batches) is { } rest)
        {
            _isEnded.Wait(rest);
            pace.OnRested();
        }
    }

    public void Complete()
    {
        lock (_lock)
        {
            var folder = DemandOpen();
            try
            {
                _writer ??= folder.Begin(snapshot);
                folder.Finish(_writer);
            }
            catch (Exception e)
            {
                throw Fail(e);
            }

            var finished = _writer.Snapshot;
            (_writer, _end) = (null, new StoreException($"The snapshot {finished} is complete."));
            opening.Listener?.OnSnapshotSaved(finished);
        }
    }

    /// <summary>Drops an unfinished snapshot. Waits for a running call.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            End(new StoreException($"The snapshot up to {snapshot.Position} was dropped, or its store was closed."));
        }
    }

    private SnapshotFolder DemandOpen()
    {
        if ((_end ?? log.Failure) is { } end)
        {
            throw end;
        }

        return opening.Snapshots ?? throw new StoreException("The store is closed.");
    }

    private void DemandRoom(SnapshotFolder folder, int size)
    {
        var free = folder.FreeBytes();
        var isSmall = (_writer?.Written ?? 0) + size <= options.FreeSpaceFloorBytes / SmallPart;
        if (free - size < options.FreeSpaceFloorBytes && !(isSmall && log.TryGoBelow(this)))
        {
            throw new DiskFullException($"{free} bytes are free, and the log keeps {options.FreeSpaceFloorBytes} for itself.");
        }
    }

    // Without room, the log goes on. Any other failure leaves the disk in doubt, so it also ends the log.
    private StoreException Fail(Exception cause)
    {
        if (cause is DiskFullException)
        {
            return End(new StoreException(
                $"The snapshot up to {snapshot.Position} was not saved, because the disk has no room: {cause.Message.TrimEnd('.')}. Make "
                + "room on it. Another snapshot is taken soon.",
                cause));
        }

        return End(log.Fail(cause));
    }

    private StoreException End(StoreException end)
    {
        _end ??= end;
        _isEnded.Set();
        if (_writer is { } writer)
        {
            _writer = null;
            opening.Snapshots?.Drop(writer);
        }

        log.EndBelow(this);
        return _end;
    }
}
