namespace RaftActors.Storage.Tests.Log;

/// <summary>One life of a directory on a model disk, from an opening to a stop, a kill or a power cut.</summary>
internal sealed class Life
{
    public const int SegmentSize = 4096;

    public static readonly StoreOptions Options = new()
    {
        Directory = "model",
        SegmentSizeBytes = SegmentSize,
        BatchSizeMaxBytes = 2048,
        FreeSpaceFloorBytes = 0,
    };

    private readonly Dictionary<string, (IRaftStore Store, long Ticket)> _open = [];

    public Life(ModelDisk disk, StoreOptions? options = null)
    {
        Disk = disk;
        var next = disk.Now.Files.Count;
        Directory = StoreDirectory.Open(options ?? Options, disk, () => new Guid(++next, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1));
    }

    public ModelDisk Disk { get; }

    public StoreDirectory Directory { get; }

    public List<string> Told { get; } = [];

    public static StoreOwner OwnerOf(string name) => new("group", new ProcessName($"{name}@node"));

    /// <summary>The pair at an index.</summary>
    public static LogEntry Entry(long index, long term = 1, int size = 20) => new(
        new LogIndex(index), new Term(term), new Serial(index), new Payload.Pair(null, $"key{index}", Bytes(size, (byte)index)))
    {
        Time = new LogTime(index),
    };

    public static LogPosition Position(long index, long term = 1) =>
        new(new LogIndex(index), new Term(term), new Serial(index), (ulong)index, new LogTime(index));

    /// <summary>A snapshot with a state of 100 bytes.</summary>
    public static Snapshot Snapshot(long index, long term = 1) =>
        new(Position(index, term), new LogIndex(1), new Configuration(GroupUid.None, 3, [], [], [], []), [], 100);

    /// <summary>The log as text: its base, and index/term of each entry.</summary>
    public static string Text(RecoveredState found) =>
        $"{found.State.Base.Index}:" + string.Concat(found.State.Log.Select(entry => $" {entry.Index}/{entry.Term}"));

    public RecoveredState Open(string name = "a", params LogEntry[] preload)
    {
        var store = Directory.StoreOf(OwnerOf(name));
        var found = store.Open(OwnerOf(name), [.. preload], new Listener(Told, $"{name} "));
        _open[name] = (store, 0);
        return found;
    }

    public IRaftStore StoreOf(string name = "a") => _open[name].Store;

    /// <summary>Queues entries without writing them.</summary>
    public Life Queue(string name, params LogEntry[] entries) => Ask(name, ticket => new Effect.Persist(ticket, null, [.. entries]));

    public Life Ask(string name, Func<Ticket, Effect.Write> write)
    {
        var (store, ticket) = _open[name];
        _open[name] = (store, ticket + 1);
        Assert.False(store.Write(write(new Ticket(ticket + 1))));
        return this;
    }

    /// <summary>Writes entries in a batch of their own.</summary>
    public Life Write(string name, params LogEntry[] entries)
    {
        Queue(name, entries);
        Directory.WriteQueued();
        return this;
    }

    public Life Write(string name, HardState hardState)
    {
        Ask(name, ticket => new Effect.Persist(ticket, hardState, default));
        Directory.WriteQueued();
        return this;
    }

    /// <summary>Saves a snapshot of the own state, and discards the log up to it.</summary>
    public Life Discard(string name, long index)
    {
        StoreOf(name).SaveSnapshot(Snapshot(index), Bytes(100, 1));
        StoreOf(name).Write(new Effect.Discard(Position(index), new LogIndex(index)));
        Directory.WriteQueued();
        return this;
    }

    /// <summary>Kills the process. The page cache survives.</summary>
    public ModelDisk Kill() => new(Disk.Now);

    /// <summary>Cuts the power. Every unsynced write is lost.</summary>
    public ModelDisk Cut() => new(Disk.CutNow(_ => 1));

    public ModelDisk Close()
    {
        Directory.Dispose();
        return new ModelDisk(Disk.Now);
    }

    /// <summary>Returns a disk on which one file is changed.</summary>
    public static ModelDisk Change(ModelDisk disk, string file, Action<byte[]> change)
    {
        var bytes = disk.Now.Files[file].ToArray();
        change(bytes);
        return new ModelDisk(disk.Now.With(file, bytes));
    }

    public static string FileOf(int segment) => $"log/{segment:D10}.wal";

    public static byte[] Bytes(int size, byte value)
    {
        var bytes = new byte[size];
        bytes.AsSpan().Fill(value);
        return bytes;
    }
}
