using static RaftActors.Storage.Tests.Snapshots.SnapshotSamples;

namespace RaftActors.Storage.Tests.Snapshots;

/// <summary>Snapshots of the process's own state, whose length is known at their end only.</summary>
public sealed class OwnSnapshotTests
{
    private const string File = "snapshots/1/00000000000000000005-1";

    private readonly ModelDisk _disk = new();

    [Fact]
    public void Long_state_is_synced_while_it_is_written()
    {
        var folder = Open(_disk);
        using var writer = folder.Begin(Of(10, 0));
        var piece = new byte[SnapshotFileWriter.SyncSize / 2];
        writer.Append(piece);
        var before = _disk.Operations.OfType<DiskOperation.Sync>().Count();

        writer.Append(piece);

        Assert.Equal(before + 1, _disk.Operations.OfType<DiskOperation.Sync>().Count());
    }

    [Fact]
    public void Snapshot_that_is_dropped_leaves_no_file()
    {
        var life = OpenLife();

        using (var writer = Begin(life))
        {
            writer.Append(new byte[300]);
            Assert.Contains($"{File}.tmp", _disk.Now.Files.Keys);
        }

        AssertNoFile();
    }

    [Fact]
    public void Further_snapshot_drops_the_one_before()
    {
        var life = OpenLife();
        using var first = Begin(life);
        first.Append(new byte[300]);

        using var second = life.StoreOf().BeginSnapshot(Life.Snapshot(6));

        AssertNoFile();
        Assert.Throws<StoreException>(() => first.Append(new byte[1]));
        second.Append(new byte[100]);
        second.Complete();
        Assert.Equal("a saved 6", life.Told[^1]);
    }

    [Theory]
    [InlineData(nameof(DiskFault.WriteFull))]
    [InlineData(nameof(DiskFault.CreateFull))]
    public void Full_disk_ends_the_snapshot_and_the_log_goes_on(string fault)
    {
        var life = OpenLife();
        using var writer = Begin(life);
        _disk.Fail(Enum.Parse<DiskFault>(fault));

        var error = Assert.Throws<StoreException>(() => writer.Append(new byte[300]));

        Assert.Contains("was not saved, because the disk has no room", error.Message);
        AssertNoFile();
        Assert.Same(error, Assert.Throws<StoreException>(() => writer.Append(new byte[1])));
        life.Write("a", Life.Entry(1));
        Assert.Contains("a persisted 1", life.Told);
    }

    [Fact]
    public void Snapshot_leaves_the_log_its_room_on_the_disk()
    {
        var life = OpenLife(Life.Options with { FreeSpaceFloorBytes = 10_000 });
        _disk.Capacity = _disk.Now.Files.Values.Sum(bytes => (long)bytes.Length) + 21_000;
        using var writer = Begin(life);
        for (var i = 0; i < 10; i++)
        {
            writer.Append(new byte[1000]);
        }

        Assert.Throws<StoreException>(() => writer.Append(new byte[1000]));
        AssertNoFile();
    }

    [Fact]
    public void Small_snapshot_takes_the_last_room_so_that_the_log_can_shrink()
    {
        var life = OpenLife(Life.Options with { FreeSpaceFloorBytes = 100_000 });
        _disk.Capacity = _disk.Now.Files.Values.Sum(bytes => (long)bytes.Length) + 10_000;

        life.StoreOf().SaveSnapshot(Life.Snapshot(5), new byte[5000]);

        Assert.Equal("a saved 5", life.Told[^1]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void One_small_snapshot_of_the_directory_at_a_time_takes_the_last_room(bool isCompleted)
    {
        var life = OpenLife(Life.Options with { FreeSpaceFloorBytes = 100_000 });
        life.Open("b");
        _disk.Capacity = _disk.Now.Files.Values.Sum(bytes => (long)bytes.Length) + 10_000;
        using var first = Begin(life);
        first.Append(new byte[1000]);

        Assert.Throws<StoreException>(() => life.StoreOf("b").BeginSnapshot(Life.Snapshot(5)).Append(new byte[1000]));
        if (isCompleted)
        {
            first.Complete();
        }

        first.Dispose();

        life.StoreOf("b").BeginSnapshot(Life.Snapshot(5)).Append(new byte[1000]);
    }

    [Theory]
    [InlineData(nameof(DiskFault.Write))]
    [InlineData(nameof(DiskFault.Create))]
    public void Failing_disk_ends_the_snapshot_and_the_log(string fault)
    {
        var life = OpenLife();
        using var writer = Begin(life);
        _disk.Fail(Enum.Parse<DiskFault>(fault));

        Assert.Throws<StoreException>(() => writer.Append(new byte[300]));

        AssertNoFile();
        Assert.StartsWith("a failed", life.Told[^1]);
    }

    [Theory]
    [InlineData(nameof(DiskFault.Sync))]
    [InlineData(nameof(DiskFault.Rename))]
    [InlineData(nameof(DiskFault.SyncFolder))]
    public void Failure_at_the_end_of_the_state_ends_the_log(string fault)
    {
        var life = OpenLife();
        using var writer = Begin(life);
        writer.Append(new byte[300]);
        _disk.Fail(Enum.Parse<DiskFault>(fault));

        Assert.Throws<StoreException>(writer.Complete);

        Assert.DoesNotContain($"{File}.tmp", _disk.Now.Files.Keys);
        Assert.StartsWith("a failed", life.Told[^1]);
    }

    // The engines of all groups run on the pool, and would wait for a thread.
    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 3)]
    public async Task Only_a_thread_of_its_own_rests_between_pieces(bool isOfPool, int expected)
    {
        var life = OpenLife();
        SlotOpening opening = new(life.Directory.Writer.Slots.First(), new SilentListener(), Open(new ModelDisk()));
        Clock clock = new();
        SnapshotPace pace = new(clock, batches: -1);
        using OwnSnapshotWriter writer = new(life.Directory.Writer, Life.Options, opening, Life.Snapshot(5), pace);

        await Task.Factory.StartNew(Write, default, isOfPool ? default : TaskCreationOptions.LongRunning, TaskScheduler.Default);

        // Once after each piece, and once after the rest.
        Assert.Equal(expected, clock.Reads);

        void Write()
        {
            Assert.Equal(isOfPool, Thread.CurrentThread.IsThreadPoolThread);
            writer.Append(new byte[300]);
            writer.Append(new byte[300]);
        }
    }

    private static ISnapshotWriter Begin(Life life) => life.StoreOf().BeginSnapshot(Life.Snapshot(5));

    private Life OpenLife(StoreOptions? options = null)
    {
        var life = new Life(_disk, options);
        life.Open();
        return life;
    }

    private void AssertNoFile() => Assert.DoesNotContain(_disk.Now.Files.Keys, file => file.StartsWith(File, StringComparison.Ordinal));

    /// <summary>Each piece takes 20 ms.</summary>
    private sealed class Clock : TimeProvider
    {
        public int Reads { get; private set; }

        public override long TimestampFrequency => 1000;

        public override long GetTimestamp() => 20 * ++Reads;
    }
}
