namespace RaftActors.Core.Tests.Harness;

/// <summary>What survives of a process: writes are done in order, each whole; those under way at a crash are lost.</summary>
internal sealed class SimulatedDisk(InitialState initial)
{
    private readonly Queue<Effect> _underWay = [];

    /// <summary>The application's state of each snapshot that is kept.</summary>
    private readonly SortedDictionary<LogIndex, byte[]> _snapshots = [];

    /// <summary>What came in of a snapshot so far.</summary>
    private List<byte> _pieces = [];

    public InitialState Content { get; private set; } = initial;

    public int TimesOpened { get; set; }

    public int WritesUnderWay => _underWay.Count;

    /// <summary>The state that an application has at a place: the same everywhere, and another one at each place.</summary>
    public static byte[] StateAt(LogIndex index, long length) =>
        [.. Enumerable.Range(0, (int)length).Select(i => (byte)((31 * index.Value) + i))];

    public InitialState Open()
    {
        TimesOpened++;
        _pieces = [];
        return Content;
    }

    public void Write(Effect write)
    {
        _underWay.Enqueue(write);
        DiscardWhatIsNext();
    }

    public Ticket FinishOne()
    {
        var ticket = Apply(_underWay.Dequeue());
        DiscardWhatIsNext();
        return ticket;
    }

    public void Corrupt(LogIndex index) => Content = Content with
    {
        Log = [.. Content.Log.Select(entry => entry.Index == index
            ? entry with { Payload = ((Payload.Pair)entry.Payload) with { Value = "damaged"u8.ToArray() } }
            : entry)],
    };

    public void ForgetLast(int entries) => Content = Content with { Log = [.. Content.Log.SkipLast(entries)] };

    public void LoseWhatIsUnderWay() => _underWay.Clear();

    /// <summary>Keeps a snapshot that the application made; it overtakes what is under way.</summary>
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
                throw new ArgumentException($"{write} is no write.");
        }
    }

    private LogSlice Joined(LogSlice entries) => entries.IsEmpty
        ? Content.Log
        : [.. Content.Log.Take((int)(entries[0].Index.Value - Content.Base.Index.Value - 1)), .. entries];

    private void Store(Effect.StoreChunk chunk)
    {
        _pieces = chunk.Offset == 0 ? [] : _pieces;
        if (chunk.Offset != _pieces.Count)
        {
            throw new InvalidOperationException($"A piece at {chunk.Offset} does not follow on {_pieces.Count} bytes.");
        }

        _pieces.AddRange(chunk.Data.Span);
    }

    private void Install(Effect.InstallSnapshot install)
    {
        var index = install.Snapshot.Position.Index;
        if (!_pieces.SequenceEqual(StateAt(index, install.Snapshot.Length)))
        {
            throw new InvalidOperationException($"What came in is not the snapshot {install.Snapshot}.");
        }

        (_snapshots[index], _pieces) = ([.. _pieces], []);
        Content = Content with
        {
            Base = install.Snapshot.Position,
            Log = install.KeepsLog ? [.. Content.Log.Where(entry => entry.Index > index)] : [],
            Snapshot = install.Snapshot,
        };
    }

    private void DiscardWhatIsNext()
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
