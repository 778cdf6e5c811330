namespace RaftActors.Tests.Scenarios;

/// <summary>
/// The store of the process, in memory. Its writes are durable at once until <see cref="Hold"/>. It outlives the actor system, as a disk
/// does, and loses the writes that were not durable.
/// </summary>
internal sealed class ScenarioStore : IRaftStore
{
    private readonly ScenarioOutput _output;
    private readonly MemoryStore _memory = new();
    private readonly Queue<Action> _waiting = [];
    private readonly Incarnation _incarnation;
    private IStoreListener? _listener;
    private bool _isHeld;

    /// <param name="initial">The state that an earlier run of the process has left.</param>
    public ScenarioStore(ScenarioOutput output, StoreOwner owner, Incarnation incarnation, InitialState initial)
    {
        (_output, _incarnation) = (output, incarnation);
        _memory.Open(owner, initial.Log, NoListener.Instance);
        _memory.Write(new Effect.Persist(default, initial.HardState, default));
    }

    /// <summary>Writes of the log are said.</summary>
    public bool ShowsWrites { get; set; }

    /// <summary>Snapshots of the process's own actor are not saved.</summary>
    public bool HoldsSnapshots { get; set; }

    /// <summary>From the next opening on writes wait.</summary>
    public bool HoldsWhenOpened { get; set; }

    /// <summary>Why the next openings fail; null: they succeed.</summary>
    public string? OpeningFailure { get; set; }

    /// <summary>Why reads fail; null: they succeed.</summary>
    public string? ReadingFailure { get; set; }

    /// <summary>Reads of the log return other pairs than were written, and reads of a snapshot other results.</summary>
    public bool GarblesReads { get; set; }

    /// <summary>Why there is no room for a snapshot of the process's own actor; null: there is.</summary>
    public string? SnapshotFailure { get; set; }

    /// <summary>Why writes fail; null: they succeed.</summary>
    public string? WritingFailure { get; set; }

    /// <summary>Reads of the log are said.</summary>
    public bool ShowsReads { get; set; }

    /// <summary>The number of writes that are not durable.</summary>
    public int Waiting => _waiting.Count;

    public RecoveredState Open(StoreOwner owner, LogSlice preload, IStoreListener listener)
    {
        if (OpeningFailure is { } failure)
        {
            throw new StoreException(failure);
        }

        _listener = listener;
        _waiting.Clear();
        _isHeld = HoldsWhenOpened;
        return _memory.Open(owner, preload, listener) with { Incarnation = _incarnation, IsNew = false };
    }

    public bool Write(Effect.Write write)
    {
        if (ShowsWrites)
        {
            Say(Describe.Of(write));
        }

        if (WritingFailure is { } failure)
        {
            throw new StoreException(failure);
        }

        if (!_isHeld)
        {
            return _memory.Write(write);
        }

        _waiting.Enqueue(() =>
        {
            _memory.Write(write);
            if (write.Acknowledgement is { } ticket)
            {
                _listener?.OnPersisted(ticket);
            }
        });
        return false;
    }

    public ISnapshotWriter BeginSnapshot(Snapshot snapshot) => new OwnState(this, snapshot);

    public ReadOnlyMemory<byte> ReadSnapshot(LogPosition position, long offset, int limit)
    {
        var bytes = ReadingFailure is { } failure
            ? throw new StoreException(failure)
            : _memory.ReadSnapshot(position, offset, limit).ToArray();
        if (GarblesReads)
        {
            bytes[^(SnapshotTail.FooterSize + 1)] ^= 1;
        }

        return bytes;
    }

    public LogSlice ReadLog(LogIndex first, LogIndex last)
    {
        if (ShowsReads)
        {
            Say($"reads {first} to {last}");
        }

        var entries = ReadingFailure is { } failure ? throw new StoreException(failure) : _memory.ReadLog(first, last);
        return GarblesReads
            ? [.. entries.Select(entry => new LogEntry(entry.Index, entry.Term, entry.Serial, null, "other", default))]
            : entries;
    }

    public void Dispose()
    {
        if (_listener is not null)
        {
            _listener = null;
            Say("closed");
        }
    }

    /// <summary>From now on writes wait.</summary>
    public void Hold() => _isHeld = true;

    /// <summary>The first of the waiting writes is durable.</summary>
    public void FinishOne() => _waiting.Dequeue()();

    /// <summary>All waiting writes are durable, and later ones at once.</summary>
    public void Release()
    {
        (_isHeld, HoldsSnapshots) = (false, false);
        while (_waiting.TryDequeue(out var write))
        {
            write();
        }
    }

    public void Fail(string why) => _listener?.OnFailed(new StoreException(why));

    public void TellSpace(bool isShort) => _listener?.OnSpace(isShort);

    private void Save(Snapshot snapshot, ReadOnlyMemory<byte> state)
    {
        Say($"saves the snapshot of serial {snapshot.Position.Serial}");
        _memory.SaveSnapshot(snapshot, state);
    }

    private void Say(string what) => _output.Say(ScenarioOutput.Source.Store, $"store: {what}");

    private sealed class OwnState(ScenarioStore store, Snapshot snapshot) : ISnapshotWriter
    {
        private readonly MemoryStream _state = new();
        private bool _isComplete;

        public bool IsInMemory => true;

        public void Append(ReadOnlySpan<byte> state)
        {
            if (store.SnapshotFailure is { } failure)
            {
                throw new StoreException(failure);
            }

            _state.Write(state);
        }

        public void Complete()
        {
            _isComplete = true;
            if (store.HoldsSnapshots)
            {
                store._waiting.Enqueue(() => store.Save(snapshot, _state.ToArray()));
            }
            else
            {
                store.Save(snapshot, _state.ToArray());
            }
        }

        public void Dispose()
        {
            if (!_isComplete)
            {
                store.Say($"drops the snapshot of serial {snapshot.Position.Serial}");
            }
        }
    }

    private sealed class NoListener : IStoreListener
    {
        public static NoListener Instance { get; } = new();

        public void OnPersisted(Ticket ticket)
        {
        }

        public void OnSnapshotSaved(Snapshot snapshot)
        {
        }

        public void OnSpace(bool isShort)
        {
        }

        public void OnFailed(StoreException cause)
        {
        }
    }
}
