using RaftActors.Core;
using RaftActors.Storage;

namespace RaftActors.Testing;

/// <summary>Runs one store of a case: asks it for writes, listens, opens it again, and compares it with the model.</summary>
internal sealed class StoreBench(StoreUnderTest place, StoreOwner owner) : IStoreListener, IDisposable
{
    private readonly object _gate = new();
    private readonly List<Ticket> _heard = [];
    private readonly List<Snapshot> _saved = [];
    private readonly HashSet<Ticket> _known = [];
    private StoreException? _failure;
    private IRaftStore? _store;
    private Ticket _last;
    private Ticket _next;
    private int _savesAsked;

    public StoreModel Model { get; private set; } = new();

    /// <summary>The one that is open.</summary>
    public IRaftStore Store => _store ?? throw new InvalidOperationException("No store is open.");

    /// <summary>Opens the store and compares what it gives back with the model.</summary>
    /// <param name="preload">For a new one.</param>
    /// <param name="orElse">What it may hold instead of what was written last.</param>
    public RecoveredState Open(LogSlice preload = default, StoreModel? orElse = null)
    {
        _store = place.Make(owner);
        var recovered = _store.Open(owner, preload, this);
        if (recovered.IsNew)
        {
            Model = StoreModel.Holding(preload);
        }

        if (orElse is not null && orElse.Difference(recovered.State) is null)
        {
            Model = orElse;
        }

        var difference = Model.Difference(recovered.State);
        StoreContractException.Unless(difference is null, $"The store that was opened is not what was written: {difference}.");
        Model = Model.Reopened();
        CompareSnapshots();
        return recovered;
    }

    /// <summary>A store that was closed is not opened for somebody else.</summary>
    public void DemandRefusalOf(StoreOwner other)
    {
        using var store = place.Make(owner);
        try
        {
            store.Open(other, default, this);
        }
        catch (StoreException)
        {
            return;
        }

        throw new StoreContractException($"The store of {owner} was opened for {other}; it must be refused with a StoreException.");
    }

    /// <summary>All that was asked for is done, and the store is closed.</summary>
    public void Close()
    {
        Finish();
        _store?.Dispose();
        _store = null;
    }

    public RecoveredState Reopen()
    {
        Close();
        var recovered = Open();
        StoreContractException.Unless(!recovered.IsNew, "A store that was written to says that it is new.");
        return recovered;
    }

    /// <summary>The power goes, whatever is under way.</summary>
    public void Crash()
    {
        place.Crash();
        (_store, _last) = (null, default);
    }

    public void Persist(HardState? hardState, params LogEntry[] entries) => Write(new Effect.Persist(Take(), hardState, [.. entries]));

    public void Discard(LogPosition log, LogIndex snapshot) => Write(new Effect.Discard(log, snapshot));

    /// <summary>A snapshot comes in, in pieces of so many bytes, and counts if <paramref name="keepsLog"/> says how.</summary>
    public void Receive(SavedSnapshot incoming, int pieceSize, bool? keepsLog)
    {
        var offset = 0;
        do
        {
            var piece = incoming.State[offset..Math.Min(offset + pieceSize, incoming.State.Length)];
            Write(new Effect.StoreChunk(Take(), incoming.Snapshot, offset, piece));
            offset += piece.Length;
        }
        while (offset < incoming.State.Length);

        if (keepsLog is { } keeps)
        {
            Install(incoming, keeps);
        }
    }

    /// <summary>What came in counts.</summary>
    public void Install(SavedSnapshot incoming, bool keepsLog) => Write(new Effect.InstallSnapshot(Take(), incoming.Snapshot, keepsLog));

    /// <summary>Saves a snapshot and waits until that is heard.</summary>
    public void Save(SavedSnapshot saved)
    {
        _savesAsked++;
        Store.SaveSnapshot(saved.Snapshot, saved.State);
        Model = Model.With(saved);
        WaitFor(() => _saved.Count == _savesAsked, "that a snapshot was saved");
    }

    /// <summary>Waits until every write is known to be durable, once: by its own answer, or by the listener.</summary>
    public void Finish() =>
        WaitFor(() => _last == default || _known.Contains(_last) || _heard.Exists(one => one >= _last), $"of ticket {_last}");

    /// <summary>Each snapshot that can be read is what was saved.</summary>
    public void CompareSnapshots()
    {
        foreach (var (snapshot, state) in Model.Readable)
        {
            var found = Store.ReadSnapshot(snapshot.Position, 0, state.Length + 1);
            StoreContractException.Unless(
                found.Span.SequenceEqual(state.Span),
                $"The snapshot {snapshot} reads as {StoreText.Of(found.Span)}, and {StoreText.Of(state.Span)} was saved.");
        }
    }

    public void OnPersisted(Ticket ticket) => Hear(() => _heard.Add(ticket));

    public void OnSnapshotSaved(Snapshot snapshot) => Hear(() => _saved.Add(snapshot));

    public void OnSpace(bool isShort)
    {
    }

    public void OnFailed(StoreException cause) => Hear(() => _failure = cause);

    public void Dispose() => _store?.Dispose();

    private Ticket Take() => _last = _next = _next.Next;

    private void Write(Effect.Write write)
    {
        // The model first: the listener may be told before Write has returned.
        Model = Model.After(write);
        if (Store.Write(write) && write is not Effect.Discard)
        {
            lock (_gate)
            {
                _known.Add(_last);
                StoreContractException.Unless(
                    !_heard.Contains(_last), $"Ticket {_last} is durable by the answer of Write, and the listener was told as well.");
            }
        }
    }

    private void Hear(Action note)
    {
        lock (_gate)
        {
            note();
            Monitor.PulseAll(_gate);
        }
    }

    private void WaitFor(Func<bool> condition, string what)
    {
        place.Work();
        lock (_gate)
        {
            while (_failure is null && !condition())
            {
                StoreContractException.Unless(
                    Monitor.Wait(_gate, place.Patience), $"Nothing was heard {what} for {place.Patience.TotalSeconds} seconds.");
            }

            if (_failure is { } failure)
            {
                throw new StoreContractException($"The store failed, and nothing was wrong: {failure.Message}", failure);
            }

            StoreContractException.Unless(
                _heard.Zip(_heard.Skip(1)).All(pair => pair.First < pair.Second),
                $"The listener was told of {string.Join(", ", _heard)}; tickets only rise, and none comes twice.");
            StoreContractException.Unless(
                !_heard.Exists(_known.Contains), "The listener was told of a ticket that Write had called durable already.");
        }
    }
}
