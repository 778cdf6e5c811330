namespace RaftActors.Storage.Tests.CrashPoints;

/// <summary>
/// A simulated owner of a store. It makes random writes that a core could make, and records when each was asked for and acknowledged.
/// </summary>
internal sealed class OwnerRun(ModelDisk disk, StoreOwner owner, Chronicle chronicle) : IStoreListener
{
    private static readonly LogSlice Preloaded = [StoreSamples.Entry(1, 0, "preloaded"), StoreSamples.Entry(2, 0, "preloaded")];

    private readonly Dictionary<Ticket, int> _numbers = [];
    private readonly SortedDictionary<long, long> _terms = [];
    private IRaftStore? _store;
    private SavedSnapshot? _incoming;
    private ISnapshotWriter? _stream;
    private SavedSnapshot? _streamed;
    private Ticket _ticket;
    private Ticket _done;
    private Ticket _replaced;
    private int _received;
    private long _term;
    private long _base;
    private long _last;
    private long _committed;
    private long _snapshot;
    private long _asked;

    public StoreOwner Owner => owner;

    public Chronicle Chronicle => chronicle;

    /// <summary>The number of steps of each kind so far.</summary>
    public Dictionary<string, int> Steps { get; } = [];

    public StoreException? Failure { get; private set; }

    private int Now => disk.Operations.Count;

    /// <summary>Opens the store, and compares the recovered state with the chronicle.</summary>
    public void Open(StoreDirectory directory)
    {
        (_store, _stream) = (directory.StoreOf(owner), null);
        var preload = owner.Group == "group1" ? Preloaded : default;
        var found = _store.Open(owner, preload, this);
        chronicle.Open(found, preload, Now);
        CompareSnapshots();
        Resume(found.State);
    }

    public void Close() => _store?.Dispose();

    /// <summary>Reads this owner's store in another directory.</summary>
    public Served Serve(StoreDirectory directory)
    {
        try
        {
            using var store = directory.StoreOf(owner);
            var found = store.Open(owner, default, new OwnerRun(disk, owner, chronicle));
            return new Served(found, [.. chronicle.Snapshots.Select(one => Read(store, one))]);
        }
        catch (StoreException)
        {
            return new Served(null, []);
        }
    }

    /// <summary>Makes one random write.</summary>
    public void Step(Random random)
    {
        var step = random.Next(16);
        if (step < 9)
        {
            EndStream();
        }

        if (step < 3)
        {
            Note("append");
            Append(random);
        }
        else if (step == 3)
        {
            Note("vote");
            Persist(StoreSamples.HardState(++_term, isFull: random.Next(2) == 0), []);
        }
        else if (step == 4 && _committed < _last)
        {
            Note("replace");
            _term++;
            Append(random.NextInt64(_committed + 1, _last + 1), random);
            _replaced = _ticket;
        }
        else if (step is 5 or 6 or 7)
        {
            _committed = random.NextInt64(_committed, _last + 1);
        }
        else if (step is 8 or 9 && _asked < _committed && _done >= _replaced)
        {
            Note("save");
            Save(random.NextInt64(_asked + 1, _committed + 1), random.Next(3) == 0 ? 0 : random.Next(1500));
        }
        else if (step is 10 or 11 && _base < _snapshot)
        {
            Note("discard");
            _base = random.NextInt64(_base + 1, _snapshot + 1);
            Write(new Effect.Discard(PositionOf(_base), new LogIndex(_snapshot)));
        }
        else if (step >= 12)
        {
            Receive(random);
        }
    }

    /// <summary>Appends some entries.</summary>
    public void Append(Random random) => Append(_last + 1, random);

    public void OnPersisted(Ticket ticket)
    {
        _done = ticket;
        chronicle.Done(_numbers[ticket], Now);
    }

    public void OnSnapshotSaved(Snapshot snapshot)
    {
        _snapshot = Math.Max(_snapshot, snapshot.Position.Index.Value);
        chronicle.DoneSave(snapshot, Now);
    }

    public void OnSpace(bool isShort)
    {
    }

    public void OnFailed(StoreException cause) => Failure = cause;

    private void CompareSnapshots()
    {
        foreach (var (snapshot, state) in chronicle.Latest.Readable.Where(one => one == chronicle.Latest.Latest))
        {
            var found = _store!.ReadSnapshot(snapshot.Position, 0, state.Length + 1);
            StoreContractException.Unless(found.Span.SequenceEqual(state.Span), $"the state of snapshot {snapshot} is another one");
        }
    }

    /// <summary>Tells whether a snapshot is read as it was saved. Null: it is refused.</summary>
    private static bool? Read(IRaftStore store, SavedSnapshot saved)
    {
        try
        {
            var found = store.ReadSnapshot(saved.Snapshot.Position, 0, saved.State.Length + 1);
            return found.Span.SequenceEqual(saved.State.Span);
        }
        catch (StoreException)
        {
            return null;
        }
    }

    /// <summary>Continues from the recovered state, as a core would.</summary>
    private void Resume(InitialState found)
    {
        _terms.Clear();
        _terms[found.Base.Index.Value] = found.Base.Term.Value;
        foreach (var entry in found.Log)
        {
            _terms[entry.Index.Value] = entry.Term.Value;
        }

        (_base, _last) = (found.Base.Index.Value, _terms.Keys.Max());
        _term = Math.Max(found.HardState.Term.Value, _terms.Values.Max());
        (_snapshot, _incoming, _replaced) = (_base, null, default);
        if (found.Snapshot?.Position is { } position)
        {
            _snapshot = position.Index.Value;
            _terms[_snapshot] = position.Term.Value;
            _term = Math.Max(_term, position.Term.Value);
            if (_last < _snapshot)
            {
                Note("snapshot that overtook the log");
                (_base, _last) = (_snapshot, _snapshot);
                Write(new Effect.Discard(position, position.Index));
            }
        }

        (_committed, _asked) = (_snapshot, _snapshot);
    }

    private void Append(long from, Random random)
    {
        var count = random.Next(1, 5);
        var entries = Enumerable.Range(0, count).Select(i => StoreSamples.Entry(from + i, _term, $"t{_term}-", random.Next(200))).ToArray();
        Persist(random.Next(3) == 0 || _replaced == _ticket.Next ? StoreSamples.HardState(_term) : null, entries);
        _last = from + count - 1;
        for (var index = from; index <= _last; index++)
        {
            _terms[index] = _term;
        }
    }

    private void Save(long index, int size)
    {
        var saved = StoreSamples.Snapshot(index, _terms[index], size);
        _asked = index;
        if (index % 3 > 0)
        {
            chronicle.AskSave(saved, Now);
            _store!.SaveSnapshot(saved.Snapshot, saved.State);
            return;
        }

        Note("stream");
        (_stream, _streamed) = (_store!.BeginSnapshot(saved.Snapshot with { Length = 0 }), saved);
        _stream!.Append(saved.State.Span[..(saved.State.Length / 2)]);
    }

    private void EndStream()
    {
        if (_stream is { } stream && _streamed is { } saved)
        {
            Note("end of a stream");
            (_stream, _streamed) = (null, null);
            chronicle.AskSave(saved, Now);
            stream.Append(saved.State.Span[(saved.State.Length / 2)..]);
            stream.Complete();
        }
    }

    private void Receive(Random random)
    {
        if (_incoming is not { } incoming || incoming.Snapshot.Position.Index.Value <= _committed)
        {
            Note("first piece");
            var index = random.NextInt64(_committed + 1, _last + 4);
            var keeps = index <= _last && random.Next(2) == 0;
            _term = keeps ? _term : _term + 1;
            incoming = _incoming = StoreSamples.Snapshot(index, keeps ? _terms[index] : _term, random.Next(3) == 0 ? 0 : random.Next(2000));
            _received = 0;
        }
        else if (_received == incoming.State.Length)
        {
            Install(incoming.Snapshot);
            return;
        }

        var piece = incoming.State[_received..Math.Min(_received + 800, incoming.State.Length)];
        Write(new Effect.StoreChunk(Take(), incoming.Snapshot, _received, piece));
        _received += piece.Length;
    }

    private void Install(Snapshot snapshot)
    {
        var (index, term) = (snapshot.Position.Index.Value, snapshot.Position.Term.Value);
        var keeps = index <= _last && _terms[index] == term;
        Note(keeps ? "install that keeps the log" : "install that does not");
        (_terms[index], _last) = (term, keeps ? _last : index);
        (_base, _committed, _snapshot, _asked, _incoming) = (index, index, index, index, null);
        Write(new Effect.InstallSnapshot(Take(), snapshot, keeps));
        if (!keeps)
        {
            _replaced = _ticket;
        }
    }

    private LogPosition PositionOf(long index) => StoreSamples.Position(index, _terms[index]);

    private Ticket Take() => _ticket = _ticket.Next;

    private void Persist(HardState? hardState, LogEntry[] entries) => Write(new Effect.Persist(Take(), hardState, [.. entries]));

    private void Write(Effect.Write write)
    {
        var number = chronicle.Ask(write, Now);
        if (write is not Effect.Discard)
        {
            _numbers[_ticket] = number;
        }

        if (_store!.Write(write))
        {
            chronicle.Done(number, Now);
            _done = _ticket;
        }
    }

    private void Note(string step) => Steps[step] = Steps.GetValueOrDefault(step) + 1;
}
