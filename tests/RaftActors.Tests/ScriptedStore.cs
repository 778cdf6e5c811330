using RaftActors.Core;
using RaftActors.Storage;

namespace RaftActors.Tests;

/// <summary>
/// A store in memory whose disk is as slow as the test wants: while it is held, nothing that is written is durable. It outlives whoever
/// opened it, as a disk does; what was not durable then is lost.
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
        HeldWhenOpened,
        HeldFromSnapshot,
        HeldSnapshots,
        Held,
    }

    /// <summary>The number of openings, less the number of closings.</summary>
    public int Users => Volatile.Read(ref _users);

    /// <summary>The number of openings.</summary>
    public int Openings => Volatile.Read(ref _openings);

    /// <summary>Ends when the store is closed for the first time.</summary>
    public Task Closed => _closed.Task;

    /// <summary>What the last opening gave back.</summary>
    public RecoveredState? Recovered { get; private set; }

    /// <summary>What was written last of it.</summary>
    public HardState HardState { get; private set; } = InitialState.Empty.HardState;

    /// <summary>Up to where it was told last to discard the log; null if it was never told.</summary>
    public LogIndex? DiscardedTo { get; private set; }

    /// <summary>What the next opening fails with.</summary>
    public StoreException? OpeningFailure { get; set; }

    /// <summary>What the reading of a snapshot fails with.</summary>
    public StoreException? ReadingFailure { get; set; }

    /// <summary>What is not durable yet.</summary>
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
        _pace = _pace switch
        {
            Pace.HeldWhenOpened => Pace.Held,
            Pace.HeldFromSnapshot => Pace.HeldFromSnapshot,
            _ => Pace.Quick,
        };
        _held.Clear();
        return Recovered = _memory.Open(owner, preload, listener);
    }

    public bool Write(Effect.Write write)
    {
        lock (_lock)
        {
            if (write is Effect.StoreChunk && _pace == Pace.HeldFromSnapshot)
            {
                _pace = Pace.Held;
            }

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

    public void SaveSnapshot(Snapshot snapshot, ReadOnlyMemory<byte> state)
    {
        lock (_lock)
        {
            if (_pace is Pace.Held or Pace.HeldSnapshots)
            {
                _held.Enqueue(() => _memory.SaveSnapshot(snapshot, state));
                return;
            }
        }

        _memory.SaveSnapshot(snapshot, state);
    }

    public ReadOnlyMemory<byte> ReadSnapshot(LogPosition position, long offset, int limit) =>
        ReadingFailure is { } failure ? throw failure : _memory.ReadSnapshot(position, offset, limit);

    public void Dispose()
    {
        Interlocked.Decrement(ref _users);
        _closed.TrySetResult();
    }

    /// <summary>From now on an opening waits for <see cref="ReleaseOpening"/>.</summary>
    public void HoldOpening() => _mayOpen.Reset();

    public void ReleaseOpening() => _mayOpen.Set();

    /// <summary>From now on the disk does nothing.</summary>
    public void Hold()
    {
        lock (_lock)
        {
            _pace = Pace.Held;
        }
    }

    /// <summary>From the next opening on the disk does nothing.</summary>
    public void HoldWhenOpened() => _pace = Pace.HeldWhenOpened;

    /// <summary>The disk does nothing from when a snapshot comes in.</summary>
    public void HoldFromSnapshot() => _pace = Pace.HeldFromSnapshot;

    /// <summary>The disk writes the log and saves no snapshot of the own actor.</summary>
    public void HoldSnapshots()
    {
        lock (_lock)
        {
            _pace = Pace.HeldSnapshots;
        }
    }

    /// <summary>The disk does what it was asked to, and is quick again.</summary>
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

    /// <summary>The disk is nearly full, or has room again.</summary>
    public void TellSpace(bool isShort) => _listener?.OnSpace(isShort);

    private bool Do(Effect.Write write)
    {
        HardState = write is Effect.Persist { HardState: { } written } ? written : HardState;
        DiscardedTo = write is Effect.Discard discard ? discard.Log.Index : DiscardedTo;
        return _memory.Write(write);
    }
}
