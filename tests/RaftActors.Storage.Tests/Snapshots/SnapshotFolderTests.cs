using static RaftActors.Storage.Tests.Snapshots.SnapshotSamples;

namespace RaftActors.Storage.Tests.Snapshots;

public sealed class SnapshotFolderTests
{
    private const int Block = 64 << 10;

    private readonly ModelDisk _disk = new() { IsRecording = false };

    [Theory]
    [InlineData(0, 10)]
    [InlineData(0, int.MaxValue)]
    [InlineData(Block - 5, 10)]
    [InlineData(Block, Block)]
    [InlineData(Block + 1, 2 * Block)]
    [InlineData((3 * Block) - 1, 2)]
    [InlineData(3 * Block, 100)]
    [InlineData((3 * Block) + 7, 100)]
    [InlineData(5, 0)]
    public void Any_range_of_the_state_can_be_read(int offset, int limit)
    {
        var snapshot = Of(10, (3 * Block) + 7);
        var folder = Open(_disk);
        folder.Save(10, snapshot.Length);

        var piece = folder.Read(snapshot.Position, offset, limit);

        Assert.Equal(StateOf(snapshot).Skip(offset).Take(limit), piece.ToArray());
    }

    [Fact]
    public void Range_outside_of_the_state_is_refused()
    {
        var folder = Open(_disk);
        folder.Save(10, 100);

        Assert.Throws<ArgumentOutOfRangeException>(() => folder.Read(Of(10, 0).Position, 101, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => folder.Read(Of(10, 0).Position, -1, 1));
    }

    [Fact]
    public void Snapshots_are_listed_by_position_and_the_latest_is_never_deleted()
    {
        var folder = Open(_disk);
        folder.Save(9, 10);
        folder.Save(10, 10);
        folder.Save(100, 10);
        Assert.Equal([9, 10, 100], IndexesOf(folder));

        folder.DeleteBefore(new LogIndex(10));
        Assert.Equal([10, 100], IndexesOf(folder));

        folder.DeleteBefore(new LogIndex(1000));
        Assert.Equal([100], IndexesOf(folder));
        Assert.Equal([NameOf(100)], _disk.List(Folder));
        Assert.Equal([100], IndexesOf(Open(_disk)));
    }

    [Fact]
    public void Reading_a_deleted_snapshot_is_refused_with_its_position()
    {
        var folder = Open(_disk);
        folder.Save(10, 10);
        folder.Save(20, 10);
        folder.DeleteBefore(new LogIndex(20));

        var error = Assert.Throws<StoreException>(() => folder.Read(Of(10, 0).Position, 0, 10));

        Assert.StartsWith("The snapshot up to 10/3 s9 in ", error.Message);
    }

    [Fact]
    public void Piece_that_leaves_a_gap_is_refused()
    {
        var snapshot = Of(10, 1000);
        var folder = Open(_disk);
        Assert.Throws<InvalidOperationException>(() => folder.Write(snapshot, 10, new byte[10]));
        folder.Write(snapshot, 0, new byte[10]);

        Assert.Throws<InvalidOperationException>(() => folder.Write(snapshot, 11, new byte[10]));
        Assert.Throws<InvalidOperationException>(() => folder.Write(snapshot, 5, new byte[10]));
        Assert.Throws<InvalidOperationException>(() => folder.Write(Of(20, 1000), 10, new byte[10]));
        Assert.Throws<InvalidOperationException>(() => folder.Write(snapshot, 10, new byte[991]));
        Assert.Throws<InvalidOperationException>(() => folder.FinishIncoming(snapshot));
        Assert.Throws<InvalidOperationException>(() => folder.FinishIncoming(Of(20, 10)));
    }

    [Fact]
    public void Opening_keeps_the_received_snapshots_that_the_log_records()
    {
        var folder = Open(_disk);
        folder.Save(10, 10);
        Receive(folder, Of(20, 10), 10);
        folder.FinishIncoming(Of(20, 10));
        var asItIs = _disk.Now;

        var installed = Open(new ModelDisk(asItIs), 5, 20);
        var notInstalled = new ModelDisk(asItIs);

        Assert.Equal([10, 20], IndexesOf(installed));
        Assert.Equal([10], IndexesOf(Open(notInstalled, 5, 10)));
        Assert.Equal([NameOf(10)], notInstalled.List(Folder));
    }

    [Fact]
    public void Opening_deletes_unfinished_files_and_nothing_else()
    {
        _disk.CreateFolder(Folder);
        foreach (var name in (string[])[NameOf(10, ".tmp"), NameOf(10, ".part"), NameOf(10, ".incoming"), "notes.txt", "10-3.snap"])
        {
            _disk.Create($"{Folder}/{name}", 5).Dispose();
        }

        var folder = Open(_disk);

        Assert.Equal(["10-3.snap", "notes.txt"], _disk.List(Folder));
        Assert.Equal(2, folder.Notes.Count);
        Assert.All(folder.Notes, note => Assert.EndsWith("is not a snapshot, and was not changed.", note));
    }

    [Fact]
    public void Reader_of_a_deleted_snapshot_finishes_its_read_and_then_the_file_is_closed()
    {
        var disk = new WatchedDisk(_disk);
        var folder = Open(disk);
        folder.Save(10, 3 * Block);
        folder.Save(20, 10);
        disk.OnRead = () => folder.DeleteBefore(new LogIndex(20));

        var state = folder.Read(Of(10, 0).Position, 0, int.MaxValue);

        Assert.Equal(StateOf(Of(10, 3 * Block)), state.ToArray());
        Assert.Equal(1, disk.OpenFiles);
        Assert.Throws<StoreException>(() => folder.Read(Of(10, 0).Position, 0, 1));
        folder.Dispose();
        Assert.Equal(0, disk.OpenFiles);
        Assert.Throws<StoreException>(() => folder.Read(Of(20, 0).Position, 0, 1));
    }

    // To delete a closed file of 10 GB takes seconds, and the log is locked meanwhile.
    [Fact]
    public void Old_snapshot_loses_its_name_first_and_is_closed_without_a_wait_for_its_blocks()
    {
        var disk = new WatchedDisk(_disk);
        using var folder = Open(disk);
        folder.Save(10, 3 * Block);
        folder.Save(20, 10);
        List<string> left = [];
        disk.OnDisposeDeleted = () => left.AddRange(disk.List(Folder));

        folder.DeleteBefore(new LogIndex(20));

        Assert.Equal([NameOf(20)], left);
        Assert.Equal(1, disk.OpenFiles);
    }

    [Theory]
    [InlineData(nameof(DiskFault.Create))]
    [InlineData(nameof(DiskFault.CreateFull))]
    [InlineData(nameof(DiskFault.Write))]
    [InlineData(nameof(DiskFault.WriteFull))]
    [InlineData(nameof(DiskFault.Sync))]
    [InlineData(nameof(DiskFault.Rename))]
    public void Failed_save_is_an_error_and_leaves_the_old_snapshot(string fault)
    {
        var folder = Open(_disk);
        folder.Save(10, 100);
        _disk.Fail(Enum.Parse<DiskFault>(fault));

        Assert.ThrowsAny<IOException>(() => folder.Save(20, 100));

        Assert.Equal([10], IndexesOf(folder));
        AssertHolds(Open(_disk), Of(10, 100));
        Assert.Equal([NameOf(10)], _disk.List(Folder));
        folder.Save(20, 100);
        AssertHolds(Open(_disk), Of(20, 100));
    }

    [Fact]
    public void Save_with_a_failed_folder_sync_is_an_error()
    {
        var folder = Open(_disk);
        _disk.Fail(DiskFault.SyncFolder);

        Assert.ThrowsAny<IOException>(() => folder.Save(20, 100));
        Assert.Empty(folder.Kept);
    }

    [Fact]
    public void Received_snapshot_without_room_is_refused_before_memory_is_allocated()
    {
        _disk.Capacity = 1 << 20;
        var folder = Open(_disk);

        Assert.Throws<DiskFullException>(() => folder.Write(Of(10, 1L << 45), 0, new byte[10]));
        Assert.Throws<DiskFullException>(() => folder.Write(Of(10, 1L << 62), 0, new byte[10]));
        Assert.Empty(_disk.List(Folder));
    }

    private static void Receive(SnapshotFolder folder, Snapshot snapshot, int pieceLength)
    {
        var state = StateOf(snapshot);
        folder.Write(snapshot, 0, state.AsSpan(..Math.Min(pieceLength, state.Length)));
        for (var offset = pieceLength; offset < state.Length; offset += pieceLength)
        {
            folder.Write(snapshot, offset, state.AsSpan(offset..Math.Min(offset + pieceLength, state.Length)));
        }
    }
}
