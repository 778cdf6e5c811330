namespace RaftActors.Storage.Tests.Contract;

/// <summary>Drives the store of one case: writes, listens, opens it again, and compares it with the model.</summary>
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

    /// <summary>The open store.</summary>
    public IRaftStore Store => _store ?? throw new InvalidOperationException("No store is open.");

    /// <summary>Opens the store and compares the recovered state with the model.</summary>
    /// <param name="preload">The preload of a new store.</param>
    /// <param name="orElse">The other allowed content, without the last write.</param>
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
        StoreContractException.Unless(difference is null, $"The recovered state differs from the written one: {difference}.");
        Model = Model.Reopened();
        CompareSnapshots();
        CompareLog();
        return recovered;
    }

    /// <summary>Demands that the closed store refuses another owner.</summary>
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

        throw new StoreContractException($"The store of {owner} was opened for {other}. It must throw a StoreException.");
    }

    /// <summary>Waits for all writes, then closes the store.</summary>
    public void Close()
    {
        Finish();
        if (_store is not null)
        {
            CompareLog();
        }

        _store?.Dispose();
        _store = null;
    }

    public RecoveredState Reopen()
    {
        Close();
        var recovered = Open();
        StoreContractException.Unless(!recovered.IsNew, "A store with writes reports IsNew = true.");
        return recovered;
    }

    /// <summary>Cuts the power, with writes in progress.</summary>
    public void Crash()
    {
        place.Crash();
        (_store, _last) = (null, default);
    }

    public void Persist(HardState? hardState, params LogEntry[] entries) => Write(new Effect.Persist(Take(), hardState, [.. entries]));

    public void Discard(LogPosition log, LogIndex snapshot) => Write(new Effect.Discard(log, snapshot));

    /// <summary>Receives a snapshot in pieces.</summary>
    /// <param name="keepsLog">How it is installed. Null: it is not installed.</param>
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

    /// <summary>Installs the received snapshot.</summary>
    public void Install(SavedSnapshot incoming, bool keepsLog) => Write(new Effect.InstallSnapshot(Take(), incoming.Snapshot, keepsLog));

    /// <summary>Saves a snapshot, and waits until the listener is told.</summary>
    public void Save(SavedSnapshot saved) => Complete(saved, Stream(saved, Math.Max(1, saved.State.Length)));

    /// <summary>Writes a snapshot in pieces. Its description tells no length.</summary>
    /// <returns>The unfinished snapshot.</returns>
    public ISnapshotWriter Stream(SavedSnapshot saved, int pieceSize)
    {
        var writer = Store.BeginSnapshot(saved.Snapshot with { Length = 0 });
        for (var offset = 0; offset < saved.State.Length; offset += pieceSize)
        {
            writer.Append(saved.State.Span[offset..Math.Min(offset + pieceSize, saved.State.Length)]);
        }

        return writer;
    }

    /// <summary>Completes a snapshot of <see cref="Stream"/>, and waits until the listener is told.</summary>
    public void Complete(SavedSnapshot saved, ISnapshotWriter writer)
    {
        using (writer)
        {
            _savesAsked++;
            writer.Complete();
            Model = Model.With(saved);
            WaitFor(() => _saved.Count == _savesAsked, "of a saved snapshot");
        }
    }

    /// <summary>Waits until every write is reported as durable: by the result of Write, or by the listener.</summary>
    public void Finish() =>
        WaitFor(() => _last == default || _known.Contains(_last) || _heard.Exists(one => one >= _last), $"of ticket {_last}");

    /// <summary>Demands that each readable snapshot has its saved bytes.</summary>
    public void CompareSnapshots()
    {
        foreach (var (snapshot, state) in Model.Readable)
        {
            var found = Store.ReadSnapshot(snapshot.Position, 0, state.Length + 1);
            StoreContractException.Unless(
                found.Span.SequenceEqual(state.Span),
                $"The snapshot {snapshot} reads as {StoreText.Of(found.Span)}. {StoreText.Of(state.Span)} was saved.");
        }
    }

    /// <summary>Demands that ranges of the log read as they were written: the whole log, its halves, and the entries one by one.</summary>
    public void CompareLog()
    {
        var log = Model.Log;
        CompareEntries(log, 0, log.Count);
        CompareEntries(log, 0, log.Count / 2);
        CompareEntries(log, log.Count / 2, log.Count);
        for (var place = 0; place < Math.Min(log.Count, 20); place++)
        {
            CompareEntries(log, place, place + 1);
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
                    !_heard.Contains(_last), $"Ticket {_last} was reported twice: by the result of Write and to the listener.");
            }
        }
    }

    private void CompareEntries(IReadOnlyList<LogEntry> log, int from, int end)
    {
        if (from == end)
        {
            return;
        }

        var found = Store.ReadLog(log[from].Index, log[end - 1].Index).Select(StoreText.Of);
        StoreContractException.Unless(
            found.SequenceEqual(log.Skip(from).Take(end - from).Select(StoreText.Of)),
            $"The entries {log[from].Index} to {log[end - 1].Index} read as {string.Join(", ", found)}.");
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
                    Monitor.Wait(_gate, place.WaitMax), $"The listener was not told {what} within {place.WaitMax.TotalSeconds} seconds.");
            }

            if (_failure is { } failure)
            {
                throw new StoreContractException($"The store reported a failure without a cause: {failure.Message}", failure);
            }

            StoreContractException.Unless(
                _heard.Zip(_heard.Skip(1)).All(pair => pair.First < pair.Second),
                $"The listener was told of {string.Join(", ", _heard)}. Tickets must rise.");
            StoreContractException.Unless(
                !_heard.Exists(_known.Contains), "The listener was told of a ticket that the result of Write had reported before.");
        }
    }
}
