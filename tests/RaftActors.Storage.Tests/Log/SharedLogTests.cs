using System.Runtime.InteropServices;

namespace RaftActors.Storage.Tests.Log;

/// <summary>Stores that share a log: common batches, acknowledgements, opening and closing.</summary>
public sealed class SharedLogTests
{
    [Fact]
    public void Store_beyond_the_last_number_of_a_log_is_refused_with_the_remedy()
    {
        var life = new Life(new ModelDisk());
        life.Open("a");
        var (header, builder, last) = (new SegmentHeader(1, Guid.Empty, 0, 0), new BatchBuilder(4096), new SlotReplay(ushort.MaxValue, 1));
        builder.Begin(header.Seed, SegmentHeader.Size);
        builder.AddOwner(ushort.MaxValue, Life.OwnerOf("last"), default);
        builder.AddBase(ushort.MaxValue, RecordType.Base, default);
        var scan = new LogScan(header, (byte[])[.. new byte[SegmentHeader.Size], .. builder.End(0, 0)]);
        while (scan.MoveNext())
        {
            if (scan.Kind == ScanKind.Record)
            {
                last.Apply(scan, 1, "log");
            }
        }

        life.Directory.Writer.Add([last]);

        var error = Assert.Throws<StoreException>(() => life.Open("b"));
        Assert.Equal(
            "model has 65535 stores, the most that one log can number, and none is left for b@node of group group. Name another directory "
            + "for it (raft.store.directory).",
            error.Message);
    }

    [Fact]
    public void Writes_of_several_stores_are_made_durable_by_one_sync()
    {
        var life = Three();
        var before = Count<DiskOperation.Sync>(life);

        life.Queue("a", Life.Entry(1)).Queue("b", Life.Entry(1)).Queue("c", Life.Entry(1)).Queue("a", Life.Entry(2));
        life.Told.Clear();
        Assert.True(life.Directory.WriteQueued());

        Assert.Equal(before + 1, Count<DiskOperation.Sync>(life));
        Assert.Equal(["a persisted 2", "b persisted 1", "c persisted 1"], life.Told);
        Assert.False(life.Directory.WriteQueued());
    }

    [Fact]
    public void Batches_respect_their_size_limit_and_tickets_come_in_order()
    {
        var life = Three();
        life.Told.Clear();
        var before = life.Disk.Operations.Count;
        for (var i = 1; i <= 20; i++)
        {
            life.Queue("a", Life.Entry(i, 1, 300));
        }

        life.Directory.WriteQueued();

        var writes = life.Disk.Operations.Skip(before).OfType<DiskOperation.Write>().ToList();
        Assert.All(writes, write => Assert.True(write.Bytes.Length <= Life.Options.BatchSizeMaxBytes, $"{write}"));
        Assert.True(life.Told.Count > 2);
        Assert.Equal("a persisted 20", life.Told[^1]);
        Assert.Equal(life.Told.OrderBy(told => int.Parse(told.Split(' ')[^1])), life.Told);
    }

    [Fact]
    public void Each_store_recovers_its_own_state_and_the_directory_lists_the_owners()
    {
        var life = Three();
        life.Write("a", Life.Entry(1)).Write("b", Life.Entry(1), Life.Entry(2)).Write("c", new HardState(new Term(3), null, []));

        var next = new Life(life.Cut());

        Assert.Equal([Life.OwnerOf("a"), Life.OwnerOf("b"), Life.OwnerOf("c")], next.Directory.Owners);
        Assert.Equal("0: 1/1", Life.Text(next.Open("a")));
        Assert.Equal("0: 1/1 2/1", Life.Text(next.Open("b")));
        Assert.Equal(new Term(3), next.Open("c").State.HardState.Term);
    }

    [Fact]
    public void Store_after_a_forgotten_one_stays()
    {
        var life = new Life(Three().Close());
        life.Directory.Forget(Life.OwnerOf("c"));
        var next = new Life(life.Close());
        Assert.True(next.Open("d").IsNew);
        next.Write("d", Life.Entry(1));

        Assert.Equal("0: 1/1", Life.Text(new Life(next.Close()).Open("d")));
    }

    [Fact]
    public void Log_whose_snapshot_is_an_older_one_is_refused()
    {
        var life = Three();
        life.Write("a", Life.Entry(1), Life.Entry(2), Life.Entry(3)).Discard("a", 1);
        var (path, old) = life.Disk.Now.Files.Single(file => file.Key.StartsWith("snapshots/", StringComparison.Ordinal));
        life.Discard("a", 3);
        var image = life.Close().Now;
        var latest = image.Files.Keys.Single(file => file.StartsWith("snapshots/", StringComparison.Ordinal));

        Life next = new(new ModelDisk(image.Without(latest).With(path, old)));

        Assert.Contains("has no snapshot of the entries before", Assert.Throws<StoreException>(() => next.Open("a")).Message);
    }

    [Fact]
    public void Second_opening_is_refused_until_Dispose_and_then_finds_the_queued_writes()
    {
        var life = Three();
        var incarnation = life.Write("a", Life.Entry(1)).StoreOf("a");
        Assert.Contains("is open already", Assert.Throws<StoreException>(() => life.Open("a")).Message);

        life.Queue("a", Life.Entry(2));
        incarnation.Dispose();
        life.Told.Clear();
        var again = life.Open("a");

        Assert.False(again.IsNew);
        Assert.Equal("0: 1/1 2/1", Life.Text(again));
        life.Write("a", Life.Entry(3)).Write("b", Life.Entry(1));
        Assert.Equal("0: 1/1 2/1 3/1", Life.Text(new Life(life.Cut()).Open("a")));
    }

    [Fact]
    public void Closed_store_ignores_writes_and_tells_nothing()
    {
        var life = Three();
        var store = life.StoreOf("a");
        store.Dispose();
        life.Told.Clear();

        life.Write("a", Life.Entry(1));

        Assert.Empty(life.Told);
        Assert.Equal("0:", Life.Text(life.Open("a")));
    }

    [Fact]
    public void Closed_directory_ignores_writes_and_opens_no_store()
    {
        var life = Three();
        life.Queue("a", Life.Entry(1));
        life.Close();
        Assert.Equal("a persisted 1", life.Told[^1]);
        var operations = life.Disk.Operations.Count;

        life.Queue("a", Life.Entry(2));

        Assert.False(life.Directory.WriteQueued());
        Assert.Equal(operations, life.Disk.Operations.Count);
        Assert.Throws<ObjectDisposedException>(() => life.Open("a"));
    }

    // Otherwise the thread of the log would never end.
    [Fact]
    public void Write_after_the_log_has_failed_is_not_queued()
    {
        var life = Three();
        life.Disk.Fail(DiskFault.Sync);
        life.Write("a", Life.Entry(1));
        Assert.Equal("c failed", life.Told[^1]);

        life.Queue("a", Life.Entry(2));

        Assert.False(life.Directory.Writer.Queue.Wait(0));
    }

    [Fact]
    public void Value_that_is_read_back_does_not_keep_the_bytes_around_it_in_memory()
    {
        var life = Three();
        life.Write("a", Life.Entry(1)).Write("b", Life.Entry(1, 1, 3000)).Write("a", Life.Entry(2));

        var values = life.StoreOf("a").ReadLog(new LogIndex(1), new LogIndex(2))
            .Select(entry => Assert.IsType<Payload.Pair>(entry.Payload).Value).ToList();

        Assert.Equal([20, 20], values.Select(value => value.Length));
        Assert.All(values, value =>
            Assert.True(MemoryMarshal.TryGetArray(value, out var array) && array.Array?.Length < 100));
    }

    private static Life Three()
    {
        var life = new Life(new ModelDisk());
        life.Open("a");
        life.Open("b");
        life.Open("c");
        return life;
    }

    private static int Count<T>(Life life) => life.Disk.Operations.OfType<T>().Count();
}
