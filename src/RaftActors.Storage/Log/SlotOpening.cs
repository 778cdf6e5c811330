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
    private readonly Lock _ownLock = new();
    private volatile IStoreListener? _listener = listener;
    private volatile SnapshotFolder? _snapshots = snapshots;
    private OwnSnapshotWriter? _own;
    private bool _isStopping;
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

    /// <summary>Keeps a snapshot of the own state until <see cref="StopSaving"/>, and drops the one before. Thread-safe.</summary>
    public void Keep(OwnSnapshotWriter writer)
    {
        OwnSnapshotWriter? dropped;
        lock (_ownLock)
        {
            (dropped, _own) = _isStopping ? (writer, null) : (_own, writer);
        }

        dropped?.Dispose();
    }

    /// <summary>Drops the snapshot that is being written, and all later ones. Waits for a piece that is being written.</summary>
    public void StopSaving()
    {
        OwnSnapshotWriter? dropped;
        lock (_ownLock)
        {
            (_isStopping, dropped, _own) = (true, _own, null);
        }

        dropped?.Dispose();
    }
}
