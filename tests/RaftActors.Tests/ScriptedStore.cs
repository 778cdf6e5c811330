namespace RaftActors.Tests;

/// <summary>
/// A store in memory whose disk is as slow as the test wants. While the disk is held, no write becomes durable. The store outlives its
/// process, as a disk does, and loses the writes that were not durable.
/// </summary>
internal sealed class ScriptedStore : IRaftStore
{
    private readonly Lock _lock = new();
    private readonly MemoryStore _memory = new();
    private readonly Queue<Action> _held = [];
    private readonly ManualResetEventSlim _mayOpen = new(initialState: true);
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IStoreListener? _listener;
    private Pace _pace;
    private int _users;
    private int _openings;

    private enum Pace
    {
        Quick,
        Held,
    }

    /// <summary>The number of openings, less the number of closings.</summary>
    public int Users => Volatile.Read(ref _users);

    /// <summary>The number of openings.</summary>
    public int Openings => Volatile.Read(ref _openings);

    /// <summary>Ends when the store is closed for the first time.</summary>
    public Task Closed => _closed.Task;

    /// <summary>The result of the latest opening.</summary>
    public RecoveredState? Recovered { get; private set; }

    /// <summary>The hard state that was written last.</summary>
    public HardState HardState { get; private set; } = InitialState.Empty.HardState;

    /// <summary>The failure of the next opening; null: it succeeds.</summary>
    public StoreException? OpeningFailure { get; set; }

    /// <summary>The failure of reading a snapshot; null: it succeeds.</summary>
    public StoreException? ReadingFailure { get; set; }

    /// <summary>Bytes of snapshots from this place on are read in spite of <see cref="ReadingFailure"/>.</summary>
    public long ReadableFrom { get; set; } = long.MaxValue;

    /// <summary>The number of writes that are not durable yet.</summary>
    public int Waiting
    {
        get
        {
            lock (_lock)
            {
                return _held.Count;
            }
        }
    }

    public RecoveredState Open(StoreOwner owner, LogSlice preload, IStoreListener listener)
    {
        Interlocked.Increment(ref _users);
        Interlocked.Increment(ref _openings);
        _mayOpen.Wait();
        if (OpeningFailure is { } failure)
        {
            throw failure;
        }

        _listener = listener;
        _pace = Pace.Quick;
        _held.Clear();
        return Recovered = _memory.Open(owner, preload, listener);
    }

    public bool Write(Effect.Write write)
    {
        lock (_lock)
        {
            if (_pace != Pace.Held)
            {
                return Do(write);
            }

            _held.Enqueue(() =>
            {
                Do(write);
                if (write.Acknowledgement is { } ticket)
                {
                    _listener?.OnPersisted(ticket);
                }
            });
            return false;
        }
    }

    /// <summary>Released for each snapshot that the store has, and for each that was dropped.</summary>
    public SemaphoreSlim SnapshotEnds { get; } = new(0);

    public ISnapshotWriter BeginSnapshot(Snapshot snapshot) => new OwnState(this, snapshot);

    private void Save(Snapshot snapshot, ReadOnlyMemory<byte> state)
    {
        lock (_lock)
        {
            if (_pace == Pace.Held)
            {
                _held.Enqueue(() => _memory.SaveSnapshot(snapshot, state));
                return;
            }
        }

        _memory.SaveSnapshot(snapshot, state);
    }

    public ReadOnlyMemory<byte> ReadSnapshot(LogPosition position, long offset, int limit) =>
        ReadingFailure is { } failure && offset < ReadableFrom ? throw failure : _memory.ReadSnapshot(position, offset, limit);

    public LogSlice ReadLog(LogIndex first, LogIndex last) =>
        ReadingFailure is { } failure ? throw failure : _memory.ReadLog(first, last);

    public void Dispose()
    {
        Interlocked.Decrement(ref _users);
        _closed.TrySetResult();
    }

    /// <summary>From now on an opening waits for <see cref="ReleaseOpening"/>.</summary>
    public void HoldOpening() => _mayOpen.Reset();

    public void ReleaseOpening() => _mayOpen.Set();

    /// <summary>From now on the disk writes nothing.</summary>
    public void Hold()
    {
        lock (_lock)
        {
            _pace = Pace.Held;
        }
    }

    /// <summary>The disk does all held writes, and is quick again.</summary>
    public void Release()
    {
        lock (_lock)
        {
            _pace = Pace.Quick;
            while (_held.TryDequeue(out var write))
            {
                write();
            }
        }
    }

    /// <summary>The disk fails.</summary>
    public void Fail(string why) => _listener?.OnFailed(new StoreException(why));

    /// <summary>The disk becomes nearly full, or has room again.</summary>
    public void TellSpace(bool isShort) => _listener?.OnSpace(isShort);

    private sealed class OwnState(ScriptedStore store, Snapshot snapshot) : ISnapshotWriter
    {
        private readonly MemoryStream _state = new();

        public bool IsInMemory => true;

        public void Append(ReadOnlySpan<byte> state) => _state.Write(state);

        public void Complete() => store.Save(snapshot, _state.ToArray());

        public void Dispose() => store.SnapshotEnds.Release();
    }

    private bool Do(Effect.Write write)
    {
        HardState = write is Effect.Persist { HardState: { } written } ? written : HardState;
        return _memory.Write(write);
    }
}
