namespace RaftActors.Storage.Tests.Contract;

/// <summary>A store in memory with one defect, which the contract must detect.</summary>
internal sealed class BrokenStore(IRaftStore inner, string defect) : IRaftStore
{
    private readonly List<Snapshot> _saved = [];
    private Effect.Persist? _late;
    private IStoreListener? _listener;
    private bool _isClosed;

    public static IReadOnlyList<string> Defects { get; } =
    [
        "another incarnation", "always new", "never new", "forgets the preload", "takes any owner", "forgets the vote",
        "forgets recorded starts",
        "appends without replacing", "drops the last entry", "tells what it answered", "tells nobody", "writes in another order",
        "forgets a discard's position", "discards too much", "keeps a log that was given up",
        "drops entries of an install that keeps the log",
        "keeps entries of an install that does not", "forgets snapshots that overtake", "reads from the beginning", "reads without a limit",
        "reads what is not there", "serves pieces", "goes on where another began", "tells of no snapshot", "changes a value",
        "reads no entry", "reads from another entry on", "reads an entry too few",
        "streams a byte too few", "keeps a dropped stream", "streams into a closed store",
        "lets a late stream replace a later snapshot",
    ];

    public RecoveredState Open(StoreOwner owner, LogSlice preload, IStoreListener listener)
    {
        _listener = listener;
        var found = inner.Open(
            Is("takes any owner") ? new StoreOwner("any", new ProcessName("any@any")) : owner,
            Is("forgets the preload") ? default : preload,
            listener);
        var state = found.State;
        state = defect switch
        {
            "forgets the vote" => state with { HardState = state.HardState with { VotedFor = null } },
            "forgets recorded starts" => state with { HardState = state.HardState with { Recorded = [] } },
            "drops the last entry" when state.Log.Length > 0 => state with { Log = state.Log.Take(state.Log.Length - 1) },
            "forgets a discard's position" => state with { Base = state.Base with { Hash = 0 } },
            "forgets snapshots that overtake" when state.Snapshot?.Position.Index.Value > state.Base.Index.Value + state.Log.Length =>
                state with { Snapshot = null },
            "changes a value" => state with { Log = [.. state.Log.Select(Change)] },
            _ => state,
        };
        return found with
        {
            State = state,
            IsNew = (found.IsNew || Is("always new")) && !Is("never new"),
            Incarnation = Is("another incarnation") ? new Incarnation(Guid.NewGuid()) : found.Incarnation,
        };
    }

    public bool Write(Effect.Write write)
    {
        switch (write)
        {
            case Effect.Persist persist when Is("writes in another order") && !persist.Entries.IsEmpty && persist.Ticket.Value % 5 == 4:
                _late = persist;
                return true;
            case Effect.Persist persist when Is("appends without replacing") && !persist.Entries.IsEmpty && persist.Ticket.Value > 1:
                write = persist with { Entries = persist.Entries.Take(1) };
                break;
            case Effect.Discard discard when Is("discards too much"):
                write = discard with { Snapshot = new LogIndex(discard.Snapshot.Value + 1) };
                break;
            case Effect.Discard when Is("keeps a log that was given up"):
                return true;
            case Effect.InstallSnapshot install when Is("drops entries of an install that keeps the log"):
                write = install with { KeepsLog = false };
                break;
            case Effect.InstallSnapshot install when Is("keeps entries of an install that does not"):
                write = install with { KeepsLog = true };
                break;
            case Effect.StoreChunk chunk when Is("goes on where another began") && chunk.Offset == 0 && chunk.Ticket.Value > 1:
                return true;
            case Effect.StoreChunk chunk when Is("serves pieces"):
                inner.SaveSnapshot(chunk.Snapshot, new byte[chunk.Snapshot.Length]);
                break;
        }

        inner.Write(write);
        if (_late is { } late && write is Effect.Persist)
        {
            _late = null;
            inner.Write(late);
        }

        if (Is("tells what it answered") && write is Effect.Persist told)
        {
            _listener!.OnPersisted(told.Ticket);
        }

        return !Is("tells nobody");
    }

    private void Save(Snapshot snapshot, ReadOnlyMemory<byte> state)
    {
        _saved.Add(snapshot);
        if (!Is("tells of no snapshot"))
        {
            inner.SaveSnapshot(snapshot, state);
        }
    }

    public ISnapshotWriter BeginSnapshot(Snapshot snapshot) => new Stream(this, snapshot);

    public ReadOnlyMemory<byte> ReadSnapshot(LogPosition position, long offset, int limit) => defect switch
    {
        "reads from the beginning" => inner.ReadSnapshot(position, 0, limit),
        "reads without a limit" => inner.ReadSnapshot(position, offset, int.MaxValue),
        "reads what is not there" when !_saved.Exists(one => one.Position == position) => default,
        _ => inner.ReadSnapshot(position, offset, limit),
    };

    public LogSlice ReadLog(LogIndex first, LogIndex last) => defect switch
    {
        "reads no entry" => default,
        "reads from another entry on" => inner.ReadLog(new LogIndex(Math.Max(1, first.Value - 1)), last),
        "reads an entry too few" => inner.ReadLog(first, last) is { IsEmpty: false } entries ? entries.Take(entries.Length - 1) : default,
        _ => inner.ReadLog(first, last),
    };

    public void Dispose()
    {
        _isClosed = true;
        inner.Dispose();
    }

    private static LogEntry Change(LogEntry entry) => entry.Payload is Payload.Pair { Value.Length: > 0 } pair
        ? entry with { Payload = pair with { Value = pair.Value[1..] } }
        : entry;

    private IRaftStore Inner => inner;

    private bool Is(string other) => defect == other;

    private sealed class Stream(BrokenStore store, Snapshot snapshot) : ISnapshotWriter
    {
        private readonly MemoryStream _state = new();
        private readonly IStoreListener? _listener = store._listener;
        private bool _isComplete;

        public void Append(ReadOnlySpan<byte> state)
        {
            DemandOpen();
            _state.Write(state);
        }

        public void Complete()
        {
            DemandOpen();
            _isComplete = true;
            var bytes = store.Is("streams a byte too few") && _state.Length > 0 ? _state.ToArray()[1..] : _state.ToArray();
            if (store.Is("lets a late stream replace a later snapshot"))
            {
                store.Inner.Write(new Effect.StoreChunk(default, snapshot, 0, bytes));
                store.Inner.Write(new Effect.InstallSnapshot(default, snapshot with { Length = bytes.Length }, KeepsLog: true));
                _listener?.OnSnapshotSaved(snapshot);
            }
            else
            {
                store.Save(snapshot, bytes);
            }
        }

        public void Dispose()
        {
            if (store.Is("keeps a dropped stream") && !_isComplete && !store._isClosed)
            {
                _isComplete = true;
                store.Save(snapshot, _state.ToArray());
            }
        }

        private void DemandOpen()
        {
            if (store._isClosed && !store.Is("streams into a closed store"))
            {
                throw new StoreException("The store is closed.");
            }
        }
    }
}
