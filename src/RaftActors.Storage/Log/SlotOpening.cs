using RaftActors.Core;
using RaftActors.Storage.Snapshots;

namespace RaftActors.Storage.Log;

/// <summary>
/// One opening of a slot by a store, from Open to Dispose: the receiver of its news, its snapshots, and the pending acknowledgement. A
/// queued write carries its opening, so that the writes of an earlier opening are recognised and dropped.
/// </summary>
/// <param name="listener">Null if no news matter.</param>
internal sealed class SlotOpening(Slot slot, IStoreListener? listener, SnapshotFolder snapshots)
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _savesLock = new();
    private volatile IStoreListener? _listener = listener;
    private volatile SnapshotFolder? _snapshots = snapshots;
    private Task _saves = Task.CompletedTask;
    private StreamedSnapshotWriter? _stream;
    private Ticket? _ticket;
    private Ticket? _told;
    private bool _isTouched;
    private bool _isShortTold;

    public Slot Slot => slot;

    /// <summary>Null after <see cref="End"/>.</summary>
    public IStoreListener? Listener => _listener;

    /// <summary>Null after <see cref="End"/>.</summary>
    public SnapshotFolder? Snapshots => _snapshots;

    /// <summary>A received snapshot waits for room on the disk, and so do the writes behind it.</summary>
    public bool IsStalled { get; set; }

    /// <summary>Ends the opening. The store is told nothing more, and its snapshot files are closed.</summary>
    public void End()
    {
        _snapshots?.Dispose();
        (_listener, _snapshots) = (null, null);
    }

    /// <summary>Notes that a write of this opening is in the batch.</summary>
    public void Touch(Effect.Write write, List<SlotOpening> touched)
    {
        if (!_isTouched)
        {
            _isTouched = true;
            touched.Add(this);
        }

        _ticket = write.Acknowledgement ?? _ticket;
    }

    /// <summary>Acknowledges the writes of a durable batch by the last ticket.</summary>
    public void TellPersisted()
    {
        _isTouched = false;
        if (_ticket is not { } ticket)
        {
            return;
        }

        // Invariant: tickets rise, because one acknowledges all before it.
        if (ticket <= _told)
        {
            throw new InvalidOperationException($"Ticket {ticket} would be acknowledged after ticket {_told}.");
        }

        (_ticket, _told) = (null, ticket);
        Listener?.OnPersisted(ticket);
    }

    /// <summary>Tells whether the disk is nearly full, if that has changed.</summary>
    public void TellSpace(bool isShort)
    {
        if (_isShortTold != isShort)
        {
            _isShortTold = isShort;
            Listener?.OnSpace(isShort);
        }
    }

    /// <summary>Starts to save a snapshot after the earlier ones. Does nothing after <see cref="StopSaving"/>. Thread-safe.</summary>
    /// <param name="save">Gets the task of the earlier saves, and a token that <see cref="StopSaving"/> cancels.</param>
    public void SaveNext(Func<Task, CancellationToken, Task> save)
    {
        lock (_savesLock)
        {
            if (!_stopping.IsCancellationRequested)
            {
                _saves = save(_saves, _stopping.Token);
            }
        }
    }

    /// <summary>Keeps a streamed snapshot until <see cref="StopSaving"/>, and drops the one before. Thread-safe.</summary>
    public void KeepStream(StreamedSnapshotWriter stream)
    {
        StreamedSnapshotWriter? dropped;
        lock (_savesLock)
        {
            (dropped, _stream) = _stopping.IsCancellationRequested ? (stream, null) : (_stream, stream);
        }

        dropped?.Dispose();
    }

    /// <summary>
    /// Starts no more saves, and waits for the one that is being written. Drops saves that wait for room, and a streamed snapshot.
    /// </summary>
    public void StopSaving()
    {
        _stopping.Cancel();
        Task saves;
        StreamedSnapshotWriter? stream;
        lock (_savesLock)
        {
            (saves, stream, _stream) = (_saves, _stream, null);
        }

        stream?.Dispose();
        saves.Wait();
    }
}
