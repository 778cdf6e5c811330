namespace RaftActors.Storage.Tests.Log;

/// <summary>A log in several files: when a segment begins, when it is deleted, and what a power cut leaves.</summary>
public sealed class SegmentTests
{
    [Fact]
    public void Segments_that_no_store_needs_are_deleted_and_the_rest_opens()
    {
        var life = Filled(segments: 4);
        var last = Last(life);

        life.Discard("a", last - 1);

        Assert.Equal([Life.FileOf(4)], Segments(life));
        Assert.Equal($"{last - 1}: {last}/1", Life.Text(new Life(life.Cut()).Open()));
    }

    [Fact]
    public void Segment_stays_as_long_as_one_of_three_stores_needs_an_entry_in_it()
    {
        var life = new Life(new ModelDisk());
        life.Open("a");
        life.Open("b");
        life.Open("c");
        life.Write("a", Life.Entry(1)).Write("b", Life.Entry(1)).Write("c", new HardState(new Term(7), null, []));
        var last = Fill(life, segments: 4);

        life.Discard("a", last);
        Assert.Equal(4, Segments(life).Count);

        life.Discard("b", 1);
        Assert.Single(Segments(life));
        var next = new Life(life.Cut());
        Assert.Equal(new Term(7), next.Open("c").State.HardState.Term);
        Assert.Equal("1:", Life.Text(next.Open("b")));
    }

    [Fact]
    public void Replaced_entries_keep_no_segment()
    {
        var life = Filled(segments: 3);
        life.Write("a", Life.Entry(1, 2));

        life.StoreOf().Write(new Effect.Discard(default, LogIndex.Zero));
        life.Directory.WriteQueued();

        Assert.Single(Segments(life));
        Assert.Equal("0: 1/2", Life.Text(new Life(life.Cut()).Open()));
    }

    [Fact]
    public void Write_waits_on_a_full_disk_and_the_listener_is_told_before_and_after()
    {
        var life = Filled(segments: 1);
        life.Told.Clear();
        life.Disk.Capacity = life.Disk.Capacity - life.Disk.FreeBytes() + 100;
        var last = Last(life);
        while (life.Told.Count == 0 || life.Told[^1] != "a short")
        {
            life.Told.Clear();
            life.Write("a", Life.Entry(++last, 1, 200));
        }

        Assert.False(life.Directory.WriteQueued());
        Assert.Equal(["a short"], life.Told);
        life.Disk.Capacity = long.MaxValue;
        Assert.True(life.Directory.WriteQueued());

        Assert.Equal("a room", life.Told[^1]);
        Assert.StartsWith("a persisted", life.Told[^2]);
        Assert.Equal(last, new Life(life.Cut()).Open().State.Log[^1].Index.Value);
    }

    [Fact]
    public void Disk_is_short_before_it_is_full()
    {
        var life = new Life(new ModelDisk { Capacity = 100_000 }, Life.Options with { FreeSpaceFloorBytes = 90_000 });
        life.Open();
        life.Told.Clear();

        Fill(life, segments: 3);
        Assert.Contains("a short", life.Told);
        Assert.Single(life.Told, "a short");

        // Space is sufficient again only one segment above the floor. A segment that comes and goes does not change that.
        life.Disk.Capacity += 90_000 + Life.SegmentSize - 1 - life.Disk.FreeBytes();
        life.Directory.WriteQueued();
        Assert.DoesNotContain("a room", life.Told);
        life.Disk.Capacity++;
        life.Directory.WriteQueued();
        Assert.Equal("a room", life.Told[^1]);
        life.Disk.Capacity -= Life.SegmentSize;
        life.Directory.WriteQueued();
        Assert.Equal("a room", life.Told[^1]);
    }

    [Fact]
    public void Queued_discard_makes_room_for_the_writes_before_it_on_a_full_disk()
    {
        var life = Filled(segments: 3);
        var last = Last(life);
        life.StoreOf().SaveSnapshot(Life.Snapshot(last), Life.Bytes(100, 1));
        life.Disk.Capacity = life.Disk.Capacity - life.Disk.FreeBytes();
        for (var i = 0; i < 12; i++)
        {
            life.Queue("a", Life.Entry(++last, 1, 400));
        }

        life.StoreOf().Write(new Effect.Discard(Life.Position(last - 12), new LogIndex(last - 12)));
        life.Directory.WriteQueued();

        Assert.Equal("a persisted", life.Told.Last(told => told.Contains("persisted"))[..11]);
        Assert.Equal($"{last - 12}:", Life.Text(new Life(life.Cut()).Open()).Split(' ')[0]);
        Assert.Equal(last, new Life(life.Cut()).Open().State.Log[^1].Index.Value);
    }

    [Fact]
    public void Received_snapshot_without_room_holds_up_its_own_store_only()
    {
        var life = new Life(new ModelDisk());
        life.Open("a");
        life.Open("b");
        life.Told.Clear();
        life.Disk.Capacity = life.Disk.Capacity - life.Disk.FreeBytes() + 50;

        life.Ask("a", ticket => new Effect.StoreChunk(ticket, Life.Snapshot(9), 0, Life.Bytes(100, 3)));
        life.Ask("a", ticket => new Effect.InstallSnapshot(ticket, Life.Snapshot(9), KeepsLog: false));
        life.Write("b", Life.Entry(1));
        Assert.Equal(["b persisted 1", "a short", "b short"], life.Told);

        life.Disk.Capacity = long.MaxValue;
        life.Directory.WriteQueued();
        Assert.Contains("a persisted 2", life.Told);
        var found = new Life(life.Cut()).Open("a");
        Assert.Equal("9:", Life.Text(found));
        Assert.Equal(Life.Position(9), found.State.Snapshot!.Position);
    }

    [Fact]
    public void Large_piece_of_a_snapshot_is_written_again_from_its_beginning_after_a_full_disk()
    {
        const int Large = 3 << 20;
        var life = new Life(new ModelDisk());
        life.Open();
        var snapshot = Life.Snapshot(9) with { Length = 100 + Large };
        byte[] large = [.. Enumerable.Range(0, Large).Select(i => (byte)(i / 7))];
        life.Ask("a", ticket => new Effect.StoreChunk(ticket, snapshot, 0, Life.Bytes(100, 3)));
        life.Ask("a", ticket => new Effect.StoreChunk(ticket, snapshot, 100, large));
        life.Ask("a", ticket => new Effect.InstallSnapshot(ticket, snapshot, KeepsLog: false));
        life.Disk.Fail(DiskFault.WriteFull, nth: 3);
        life.Directory.WriteQueued();
        Assert.Equal(["a persisted 1", "a short"], life.Told);

        life.Directory.WriteQueued();

        Assert.Contains("a persisted 3", life.Told);
        var next = new Life(life.Cut());
        Assert.Equal("9:", Life.Text(next.Open()));
        Assert.Equal(large, next.StoreOf().ReadSnapshot(snapshot.Position, 100, Large).ToArray());
    }

    [Fact]
    public void Failed_write_is_reported_once_and_stops_all_writing()
    {
        foreach (var fault in new[] { DiskFault.Write, DiskFault.WriteFull, DiskFault.Sync })
        {
            var life = Filled(segments: 1);
            life.Told.Clear();
            life.Disk.Fail(fault);
            life.Write("a", Life.Entry(Last(life) + 1, 1, 8));
            var operations = life.Disk.Operations.Count;

            life.Write("a", Life.Entry(2));
            Assert.Throws<StoreException>(() => life.StoreOf().SaveSnapshot(Life.Snapshot(1), Life.Bytes(100, 1)));
            life.Directory.WriteQueued();
            life.Directory.Seal();
            life.Directory.Dispose();

            Assert.Equal(["a failed"], life.Told);
            Assert.Equal(operations, life.Disk.Operations.Count);
        }
    }

    private static Life Filled(int segments)
    {
        var life = new Life(new ModelDisk());
        life.Open();
        Fill(life, segments);
        return life;
    }

    private static long Fill(Life life, int segments)
    {
        var last = Last(life);
        do
        {
            life.Write("a", Life.Entry(++last, 1, 200));
        }
        while (!life.Disk.Now.Files.ContainsKey(Life.FileOf(segments)));
        return last;
    }

    private static long Last(Life life) => life.Directory.Writer.Slots[0].Log.Last.Value;

    private static List<string> Segments(Life life) => [.. life.Disk.Now.Files.Keys.Where(file => file.StartsWith("log/"))];
}
