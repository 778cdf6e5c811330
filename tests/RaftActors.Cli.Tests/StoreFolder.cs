namespace RaftActors.Cli.Tests;

/// <summary>A directory with stores that the product wrote and the test may damage.</summary>
internal sealed class StoreFolder : IDisposable
{
    public static readonly GroupUid Group = new(new Guid(1, 0, 0, new byte[8]));

    public static readonly ImmutableArray<ProcessName> Names =
        [new("raft1@a"), new("raft2@b"), new("raft3@c"), new("raft4@d"), new("raft5@e")];

    public string Path { get; } = Directory.CreateTempSubdirectory("raft").FullName;

    public static StoreOwner OwnerOf(int number, string group = "ledger") => new(group, Names[number - 1]);

    public static Member MemberOf(int number, Incarnation incarnation) => new(Names[number - 1], incarnation);

    /// <summary>Entries of these terms from index 1: the configuration, if any, then pairs with the keys "key2" and so on.</summary>
    public static LogSlice Entries(Configuration? configuration, params long[] terms) =>
    [
        .. terms.Select((term, i) => new LogEntry(
            new LogIndex(i + 1),
            new Term(term),
            new Serial(configuration is null ? i + 1 : i),
            i == 0 && configuration is not null
                ? new Payload.Reconfigure(configuration)
                : new Payload.Pair(null, $"key{i + 1}", Encoding.UTF8.GetBytes($"value{i + 1}")))),
    ];

    /// <summary>Opens the store, writes, and closes it.</summary>
    /// <returns>The content of the store before the write.</returns>
    public RecoveredState Write(StoreOwner owner, Func<Incarnation, Effect.Persist?>? write = null, Snapshot? snapshot = null)
    {
        var options = new StoreOptions { Directory = Path, SegmentSizeBytes = 1 << 20, FreeSpaceFloorBytes = 0 };
        using var directory = StoreDirectory.Open(options);
        using var store = directory.StoreOf(owner);
        var listener = new Listener();
        var found = store.Open(owner, [], listener);
        if (write?.Invoke(found.Incarnation) is { } persist && !store.Write(persist))
        {
            listener.Persisted.Task.Wait();
        }

        if (snapshot is not null)
        {
            store.SaveSnapshot(snapshot, new byte[snapshot.Length]);
            listener.Saved.Task.Wait();
        }

        return found;
    }

    /// <summary>Writes pairs of term 1.</summary>
    public void WritePairs(StoreOwner owner, int count) => Write(owner, _ => new Effect.Persist(
        new Ticket(1),
        new HardState(new Term(1), null, []),
        Entries(null, [.. Enumerable.Repeat(1L, count)])));

    /// <summary>Writes three entries and a snapshot of them.</summary>
    /// <returns>The snapshot's file, relative to the directory.</returns>
    public string WriteSnapshot(StoreOwner owner)
    {
        var configuration = new Configuration(Group, 1, [], [], [], []);
        var position = new LogPosition(new LogIndex(3), new Term(1), new Serial(2), 0);
        Write(
            owner,
            _ => new Effect.Persist(new Ticket(1), new HardState(new Term(1), null, []), Entries(configuration, 1, 1, 1)),
            new Snapshot(position, new LogIndex(1), configuration, [], 200_000));
        return System.IO.Path.GetRelativePath(Path, Directory.GetFiles(Path, "*.snap", SearchOption.AllDirectories).Single());
    }

    /// <summary>Changes one byte at an offset from the first occurrence of the text.</summary>
    public void Damage(string text, int offset = 0, string file = "log/0000000001.wal")
    {
        var path = System.IO.Path.Combine(Path, file);
        var bytes = File.ReadAllBytes(path);
        var at = bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) + offset;
        bytes[at] ^= 1;
        File.WriteAllBytes(path, bytes);
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);

    private sealed class Listener : IStoreListener
    {
        public TaskCompletionSource Persisted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Saved { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void OnPersisted(Ticket ticket) => Persisted.TrySetResult();

        public void OnSnapshotSaved(Snapshot snapshot) => Saved.TrySetResult();

        public void OnSpace(bool isShort)
        {
        }

        public void OnFailed(StoreException cause)
        {
            Persisted.TrySetException(cause);
            Saved.TrySetException(cause);
        }
    }
}
