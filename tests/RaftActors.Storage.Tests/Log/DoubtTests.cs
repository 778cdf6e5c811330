namespace RaftActors.Storage.Tests.Log;

/// <summary>An operation that failed is in doubt. Neither this process nor the next one counts it as done.</summary>
public sealed class DoubtTests
{
    [Fact]
    public void Snapshot_with_an_unsynced_name_is_durable_once_it_is_served()
    {
        var life = new Life(new ModelDisk());
        life.Open();
        life.Write("a", Life.Entry(1), Life.Entry(2));
        life.Disk.Fail(DiskFault.SyncFolder);
        Assert.Throws<StoreException>(() => life.StoreOf().SaveSnapshot(Life.Snapshot(2), Life.Bytes(100, 1)));
        Assert.Equal("a failed", life.Told[^1]);

        // The page cache still shows the name.
        var next = new Life(life.Disk);
        var served = next.Open().State.Snapshot?.Position;
        Assert.Equal(Life.Position(2), served);
        next.StoreOf().Write(new Effect.Discard(Life.Position(2), new LogIndex(2)));
        next.Directory.WriteQueued();

        Assert.Equal(served, new Life(next.Cut()).Open().State.Snapshot?.Position);
    }

    [Fact]
    public void Received_snapshot_stays_installed_when_its_segment_is_deleted_before_the_store_is_opened()
    {
        var life = new Life(new ModelDisk());
        life.Open("a");
        life.Open("b");
        life.Ask("b", ticket => new Effect.StoreChunk(ticket, Life.Snapshot(9), 0, Life.Bytes(100, 3)));
        life.Ask("b", ticket => new Effect.InstallSnapshot(ticket, Life.Snapshot(9), KeepsLog: false));
        life.Disk.Fail(DiskFault.Rename, nth: 2);
        life.Directory.WriteQueued();
        Assert.Contains("b failed", life.Told);

        // The process restarts and does not open the store for a while.
        var next = new Life(life.Kill());
        next.Open("a");
        for (var i = 1; !next.Disk.Now.Files.ContainsKey(Life.FileOf(4)); i++)
        {
            next.Write("a", Life.Entry(i, 1, 200)).Discard("a", i);
        }

        Assert.DoesNotContain(Life.FileOf(1), next.Disk.Now.Files.Keys);
        var found = new Life(next.Cut()).Open("b");
        Assert.Equal("9:", Life.Text(found));
        Assert.Equal(Life.Position(9), found.State.Snapshot?.Position);
    }

    [Fact]
    public void Segment_with_a_failed_folder_sync_fails_the_log_even_for_a_new_store()
    {
        // The first folder sync names the segment, and the second deletes one.
        (DiskFault, int)[] faults = [(DiskFault.SyncFolder, 1), (DiskFault.SyncFolder, 2), (DiskFault.Sync, 1), (DiskFault.Rename, 1)];
        foreach (var (fault, nth) in faults)
        {
            var life = new Life(new ModelDisk());
            life.Open("a");
            life.Write("a", Life.Entry(1)).StoreOf().Write(new Effect.Discard(Life.Position(1), LogIndex.Zero));
            life.Directory.WriteQueued();
            life.Disk.Fail(fault, nth);
            Assert.Throws<StoreException>(() => life.Open("b", Life.Entry(1, 0, 4000)));
            life.Told.Clear();

            life.Write("a", Life.Entry(2));

            Assert.DoesNotContain("a persisted 2", life.Told);
            Assert.Contains("cannot be written any more", Assert.Throws<StoreException>(() => life.Open("b")).Message);
        }
    }

    [Fact]
    public void Store_is_not_opened_again_on_a_log_that_could_not_be_synced()
    {
        var life = new Life(new ModelDisk());
        life.Open();
        life.Disk.Fail(DiskFault.Sync);
        life.Write("a", Life.Entry(1));
        life.StoreOf().Dispose();

        Assert.Contains("cannot be written any more", Assert.Throws<StoreException>(() => life.Open()).Message);
    }

    [Fact]
    public void Snapshot_is_not_saved_of_a_log_that_could_not_be_synced()
    {
        var life = new Life(new ModelDisk());
        life.Open();
        life.Disk.Fail(DiskFault.Sync);
        life.Write("a", Life.Entry(1));

        Assert.Throws<StoreException>(() => life.StoreOf().SaveSnapshot(Life.Snapshot(1), Life.Bytes(100, 1)));

        Assert.Equal(["a failed"], life.Told);
        Assert.DoesNotContain(life.Disk.Now.Files.Keys, file => file.EndsWith(".snap"));
    }

    [Fact]
    public void Missing_batch_at_the_end_of_a_synced_segment_is_damage()
    {
        var life = new Life(new ModelDisk());
        life.Open();
        for (var i = 1; i <= 5; i++)
        {
            life.Write("a", Life.Entry(i));
        }

        // The disk lied about the sync: the entry of the older term would reappear.
        var before = life.Disk.Now.Files[Life.FileOf(1)].ToArray();
        life.Write("a", Life.Entry(5, 2));
        life.Write("a", Life.Entry(6, 2, 4000));
        var older = Life.Change(life.Close(), Life.FileOf(1), bytes => before.CopyTo(bytes, 0));
        Assert.Contains(Life.FileOf(2), older.Now.Files.Keys);
        Assert.Throws<StoreDamagedException>(() => new Life(older).Open());

        // The same for the copy that an opening writes, before the copy has its name.
        var torn = new Life(new ModelDisk());
        torn.Open();
        torn.Write("a", Life.Entry(1));
        before = torn.Disk.Now.Files[Life.FileOf(1)].ToArray();
        torn.Write("a", Life.Entry(1, 2));
        var opened = torn.Kill();
        Assert.Equal("0: 1/2", Life.Text(new Life(opened).Open()));
        var lost = Life.Change(opened, Life.FileOf(1), bytes => before.AsSpan(64).CopyTo(bytes.AsSpan(64)));
        Assert.Throws<StoreDamagedException>(() => new Life(lost).Open());
    }

    [Fact]
    public void Discard_does_not_overtake_a_deferred_installation()
    {
        var life = new Life(new ModelDisk());
        life.Open("a");
        life.Open("b");
        for (var i = 1; i <= 8; i++)
        {
            life.Write("a", Life.Entry(i));
        }

        // There is no room, neither for a received snapshot nor for a segment.
        life.Disk.Capacity = life.Disk.Capacity - life.Disk.FreeBytes() + 50;
        life.Ask("a", ticket => new Effect.StoreChunk(ticket, Life.Snapshot(6), 0, Life.Bytes(100, 3)));
        life.Ask("a", ticket => new Effect.InstallSnapshot(ticket, Life.Snapshot(6), KeepsLog: true));
        life.Queue("b", Life.Entry(1, 1, 4000));
        life.StoreOf("a").Write(new Effect.Discard(Life.Position(6), new LogIndex(6)));
        life.Directory.WriteQueued();

        Assert.Equal("0: 1/1 2/1 3/1 4/1 5/1 6/1 7/1 8/1", Life.Text(new Life(life.Cut()).Open("a")));
    }
}
