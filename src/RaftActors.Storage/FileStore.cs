using RaftActors.Core;
using RaftActors.Storage.Log;
using RaftActors.Storage.Snapshots;

namespace RaftActors.Storage;

/// <summary>The store of one process in a <see cref="StoreDirectory"/>: a slot of the shared log, and a folder of snapshots.</summary>
internal sealed class FileStore(StoreDirectory directory, StoreOwner owner) : IRaftStore
{
    private readonly StoreOwner _owner = owner;
    private readonly Lock _lock = new();
    private Ticket? _ticket;
    private bool _isTouched;
    private bool _isShortTold;
    private Task _saves = Task.CompletedTask;
    private CancellationTokenSource? _stopping;
    private volatile SnapshotFolder? _snapshots;
    private volatile IStoreListener? _listener;

    /// <summary>Once it is open.</summary>
    public Slot? Slot { get; private set; }

    /// <summary>There is no room for a snapshot that is coming in, and what is queued after it waits for that.</summary>
    public bool IsStalled { get; set; }

    /// <summary>Null: nobody is told anything any more.</summary>
    public IStoreListener? Listener => _listener;

    public SnapshotFolder? Snapshots => _snapshots;

    public RecoveredState Open(StoreOwner owner, LogSlice preload, IStoreListener listener) => owner == _owner
        ? directory.OpenSlot(this, owner, preload, listener)
        : throw new StoreException($"This is the store of {_owner}, and {owner} was to be started on it.");

    /// <summary>From now on it is open.</summary>
    public void Begin(Slot slot, SnapshotFolder snapshots, IStoreListener listener) =>
        (Slot, _snapshots, _listener, _stopping) = (slot, snapshots, listener, new CancellationTokenSource());

    public bool Write(Effect.Write write)
    {
        directory.Writer.Queue.Add(this, write);
        return false;
    }

    public void SaveSnapshot(Snapshot snapshot, ReadOnlyMemory<byte> state)
    {
        lock (_lock)
        {
            if (_stopping is { IsCancellationRequested: false } stopping)
            {
                _saves = directory.Save(_saves, this, snapshot, state, stopping.Token);
            }
        }
    }

    /// <summary>No more snapshots are saved. One that is being saved is waited for, one that waits for room is not.</summary>
    public void StopSaving()
    {
        _stopping?.Cancel();
        Task saves;
        lock (_lock)
        {
            saves = _saves;
        }

        saves.Wait();
    }

    public ReadOnlyMemory<byte> ReadSnapshot(LogPosition position, long offset, int limit) =>
        (_snapshots ?? throw new StoreException($"The store of {_owner} is not open.")).Read(position, offset, limit);

    public void Dispose() => directory.Close(this);

    /// <summary>It is closed.</summary>
    public void End() => (_listener, _snapshots) = (null, null);

    /// <summary>A write of this store is in the batch.</summary>
    public void Touch(Effect.Write write, List<FileStore> touched)
    {
        if (!_isTouched)
        {
            _isTouched = true;
            touched.Add(this);
        }

        _ticket = write.Acknowledgement ?? _ticket;
    }

    /// <summary>The batch counts.</summary>
    public void TellPersisted()
    {
        _isTouched = false;
        if (_ticket is { } ticket)
        {
            _ticket = null;
            Listener?.OnPersisted(ticket);
        }
    }

    /// <summary>Tells it if it is news.</summary>
    public void TellSpace(bool isShort)
    {
        if (_isShortTold != isShort)
        {
            _isShortTold = isShort;
            Listener?.OnSpace(isShort);
        }
    }
}
