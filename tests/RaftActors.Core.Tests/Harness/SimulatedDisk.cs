namespace RaftActors.Core.Tests.Harness;

/// <summary>The disk of a process. Writes are done in order, each as a whole; a crash loses those under way.</summary>
internal sealed class SimulatedDisk(InitialState initial)
{
    private readonly Queue<Effect> _underWay = [];

    /// <summary>The application's state in each kept snapshot.</summary>
    private readonly SortedDictionary<LogIndex, byte[]> _snapshots = [];

    /// <summary>The bytes received of an incoming snapshot.</summary>
    private List<byte> _incoming = [];

    public InitialState Content { get; private set; } = initial;

    public int TimesOpened { get; set; }

    public int WritesUnderWay => _underWay.Count;

    /// <summary>Returns the application's state at an index: the same on every process, and different at each index.</summary>
    public static byte[] StateAt(LogIndex index, long length) =>
        [.. Enumerable.Range(0, (int)length).Select(i => (byte)((31 * index.Value) + i))];

    public InitialState Open()
    {
        TimesOpened++;
        _incoming = [];
        return Content;
    }

    public void Write(Effect write)
    {
        _underWay.Enqueue(write);
        ApplyNextDiscards();
    }

    public Ticket FinishOne()
    {
        var ticket = Apply(_underWay.Dequeue());
        ApplyNextDiscards();
        return ticket;
    }

    public void Corrupt(LogIndex index) => Content = Content with
    {
        Log = [.. Content.Log.Select(entry => entry.Index == index
            ? entry with { Payload = ((Payload.Pair)entry.Payload) with { Value = "damaged"u8.ToArray() } }
            : entry)],
    };

    public void LoseLast(int entries) => Content = Content with { Log = [.. Content.Log.SkipLast(entries)] };

    public void LoseWritesUnderWay() => _underWay.Clear();

    /// <summary>Keeps a snapshot of the application. It overtakes the writes under way.</summary>
    public void Take(Snapshot snapshot)
    {
        _snapshots[snapshot.Position.Index] = StateAt(snapshot.Position.Index, snapshot.Length);
        Content = Content with { Snapshot = snapshot };
    }

    public ReadOnlyMemory<byte> Read(Snapshot snapshot, long offset, int limit) =>
        _snapshots[snapshot.Position.Index].AsMemory((int)offset, (int)Math.Min(limit, snapshot.Length - offset));

    private Ticket Apply(Effect write)
    {
        switch (write)
        {
            case Effect.Persist persist:
                Content = Content with { HardState = persist.HardState ?? Content.HardState, Log = Joined(persist.Entries) };
                return persist.Ticket;
            case Effect.StoreChunk chunk:
                Store(chunk);
                return chunk.Ticket;
            case Effect.InstallSnapshot install:
                Install(install);
                return install.Ticket;
            default:
                throw new ArgumentException($"{write} is not a write.");
        }
    }

    private LogSlice Joined(LogSlice entries) => entries.IsEmpty
        ? Content.Log
        : [.. Content.Log.Take((int)(entries[0].Index.Value - Content.Base.Index.Value - 1)), .. entries];

    private void Store(Effect.StoreChunk chunk)
    {
        _incoming = chunk.Offset == 0 ? [] : _incoming;
        if (chunk.Offset != _incoming.Count)
        {
            throw new InvalidOperationException($"A chunk at {chunk.Offset} does not follow {_incoming.Count} bytes.");
        }

        _incoming.AddRange(chunk.Data.Span);
    }

    private void Install(Effect.InstallSnapshot install)
    {
        var index = install.Snapshot.Position.Index;
        if (!_incoming.SequenceEqual(StateAt(index, install.Snapshot.Length)))
        {
            throw new InvalidOperationException($"The received bytes are not the snapshot {install.Snapshot}.");
        }

        (_snapshots[index], _incoming) = ([.. _incoming], []);
        Content = Content with
        {
            Base = install.Snapshot.Position,
            Log = install.KeepsLog ? [.. Content.Log.Where(entry => entry.Index > index)] : [],
            Snapshot = install.Snapshot,
        };
    }

    private void ApplyNextDiscards()
    {
        while (_underWay.TryPeek(out var next) && next is Effect.Discard discard)
        {
            _underWay.Dequeue();
            Content = Content with { Base = discard.Log, Log = [.. Content.Log.Where(entry => entry.Index > discard.Log.Index)] };
            foreach (var index in _snapshots.Keys.Where(index => index < discard.Snapshot).ToList())
            {
                _snapshots.Remove(index);
            }
        }
    }
}
