using ThreadState = System.Threading.ThreadState;

namespace RaftActors.Storage.Tests.Log;

/// <summary>Openings of stores while other stores of their directory open, write, or close it.</summary>
public sealed class ConcurrentOpeningTests
{
    // No entries are moved, because that reads segments.
    private static readonly StoreOptions Options = Life.Options with { CleanAboveSegments = 100 };

    private readonly SharedDisk _disk = new();
    private readonly Listener _listener = new();

    [Theory]
    [InlineData("snapshots/2/", true)]
    [InlineData("snapshots/2/", false)]
    [InlineData("log/", false)]
    public void Store_is_written_while_another_one_reads_its_files(string files, bool isNewDirectory)
    {
        var directory = Open();
        var a = Open(directory, "a");
        var b = Open(directory, "b");
        b.SaveSnapshot(Life.Snapshot(10), Life.Bytes(100, 1));
        b.Dispose();
        if (isNewDirectory)
        {
            directory.Dispose();
            directory = Open();
            a = Open(directory, "a");
        }

        _disk.Hold(files);
        var opening = Begin(() => Open(directory, "b"));
        _disk.WaitFor(_ => _disk.Waiting > 0);
        a.Write(new Effect.Persist(new Ticket(1), null, [Life.Entry(1)]));
        _disk.WaitFor(_ => _listener.Told.Contains("persisted 1"));

        _disk.Hold(null);
        opening.Join();
        directory.Dispose();
    }

    [Fact]
    public void Stores_open_write_and_close_while_the_snapshot_of_another_one_is_verified()
    {
        using (var before = Open())
        {
            Open(before, "a").SaveSnapshot(Life.Snapshot(10), Life.Bytes(200_000, 1));
            Open(before, "b");
        }

        using var directory = Open();
        _disk.Hold("snapshots/1/");
        var opening = Begin(() => Open(directory, "a"));
        _disk.WaitFor(_ => _disk.Waiting > 0);

        foreach (var name in new[] { "b", "new" })
        {
            using var store = Open(directory, name);
            store.Write(new Effect.Persist(new Ticket(1), null, [Life.Entry(1)]));
            _disk.WaitFor(_ => _listener.Told.Remove("persisted 1"));
        }

        Assert.True(opening.IsAlive);
        _disk.Hold(null);
        opening.Join();
    }

    [Fact]
    public void Stores_read_their_snapshots_at_the_same_time()
    {
        string[] names = ["a", "b", "c", "d"];
        using (var before = Open())
        {
            Assert.All(names, name => Open(before, name).SaveSnapshot(Life.Snapshot(10), Life.Bytes(100, 1)));
        }

        using var directory = Open();
        _disk.Hold("snapshots/");
        Thread[] openings = [.. names.Select(name => Begin(() => Open(directory, name)))];
        _disk.WaitFor(_ => _disk.Waiting == names.Length);

        _disk.Hold(null);
        Array.ForEach(openings, opening => opening.Join());
    }

    [Fact]
    public void Segments_that_a_store_reads_again_stay_until_it_has_read_them()
    {
        using var directory = Open();
        var a = Open(directory, "a");
        Open(directory, "b").Dispose();
        _disk.Hold("log/");
        Exception? failure = null;
        var opening = Begin(() => failure = Record.Exception(() => Open(directory, "b")));
        _disk.WaitFor(_ => _disk.Waiting > 0);

        for (var index = 1; index <= 20; index++)
        {
            a.Write(new Effect.Persist(new Ticket(index), null, [Life.Entry(index, 1, 1000)]));
        }

        a.SaveSnapshot(Life.Snapshot(20), Life.Bytes(100, 1));
        a.Write(new Effect.Discard(Life.Position(20), new LogIndex(20)));
        a.Write(new Effect.Persist(new Ticket(21), null, [Life.Entry(21)]));
        _disk.WaitFor(_ => _listener.Told.Contains("persisted 21"));
        _disk.Hold(null);
        opening.Join();

        Assert.Null(failure);
    }

    [Fact]
    public void Directory_closes_when_its_openings_have_ended()
    {
        using (var before = Open())
        {
            Open(before, "a").SaveSnapshot(Life.Snapshot(10), Life.Bytes(100, 1));
        }

        var directory = Open();
        _disk.Hold("snapshots/");
        Exception? failure = null;
        var opening = Begin(() => failure = Record.Exception(() => Open(directory, "a")));
        _disk.WaitFor(_ => _disk.Waiting > 0);
        var closing = Begin(directory.Dispose);

        Assert.True(SpinWait.SpinUntil(() => closing.ThreadState.HasFlag(ThreadState.WaitSleepJoin), SharedDisk.WaitMax));
        _disk.Hold(null);
        opening.Join();
        closing.Join();
        Assert.IsType<ObjectDisposedException>(failure);
    }

    // A node may start a thousand processes at once, each with a new store.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void New_stores_that_many_threads_open_begin_with_one_sync_and_none_is_open_without_it(bool fails)
    {
        using var directory = Open();
        Open(directory, "a");
        string[] names = [.. Enumerable.Range(1, 8).Select(number => $"new{number}")];
        var results = new Exception?[names.Length];
        Thread[] threads;
        var syncs = Syncs();
        lock (directory.Writer.Lock)
        {
            threads = [.. names.Select((name, place) => Begin(() =>
                results[place] = Record.Exception(() => Open(directory, name, Life.Entry(1, 0)))))];
            Assert.True(SpinWait.SpinUntil(
                () => Array.TrueForAll(threads, thread => thread.ThreadState.HasFlag(ThreadState.WaitSleepJoin)), SharedDisk.WaitMax));
            if (fails)
            {
                _disk.Do(disk => disk.Fail(DiskFault.Sync));
            }
        }

        Array.ForEach(threads, thread => thread.Join());

        Assert.All(results, result => Assert.Equal(fails, result is StoreException));
        if (!fails)
        {
            Assert.Equal((syncs.Files + 1, syncs.Folders), Syncs());
            var next = new Life(_disk.Read(disk => new ModelDisk(disk.CutNow(_ => 1))));
            Assert.All(names, name => Assert.Equal("0: 1/0", Life.Text(next.Open(name))));
        }
    }

    private static Thread Begin(Action run)
    {
        Thread thread = new(() => run());
        thread.Start();
        return thread;
    }

    private (int Files, int Folders) Syncs() => _disk.Read(disk =>
        (disk.Operations.OfType<DiskOperation.Sync>().Count(), disk.Operations.OfType<DiskOperation.SyncFolder>().Count()));

    private StoreDirectory Open() => StoreDirectory.OpenWithThread(Options, _disk);

    private IRaftStore Open(StoreDirectory directory, string name, params LogEntry[] preload)
    {
        var store = directory.StoreOf(Life.OwnerOf(name));
        store.Open(Life.OwnerOf(name), [.. preload], new SharedListener(_disk, _listener));
        return store;
    }
}
