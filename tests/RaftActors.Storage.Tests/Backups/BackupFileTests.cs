using RaftActors.Core;
using RaftActors.Core.Codec;
using RaftActors.Storage.Backups;
using RaftActors.Storage.Tests.Log;
using RaftActors.Testing.DiskModel;

namespace RaftActors.Storage.Tests.Backups;

public sealed class BackupFileTests : IDisposable
{
    private static readonly ProcessName Self = new("a@n1");

    private static readonly RestorePlan Plan =
        new(Guid.Parse("11111111-2222-3333-4444-555555555555"), "g", [Self, new("a@n2"), new("a@n3")]);

    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(300_000)]
    public void Backup_returns_what_was_written(int stateSize)
    {
        var (path, end) = Write("backup", stateSize, entries: 5);

        using BackupReader reader = new(path);
        var (image, log) = (0, 0);
        for (var record = reader.Next(); record is not null; record = reader.Next())
        {
            image += record is BackupRecord.Image one ? one.Bytes.Length : 0;
            log += record is BackupRecord.Log some ? some.Entries.Length : 0;
        }

        Assert.Equal((reader.Head.ImageLength, 5, end), (image, log, reader.Position));
    }

    [Fact]
    public void A_flipped_bit_of_each_byte_and_each_shorter_file_is_refused()
    {
        var (path, _) = Write("backup", stateSize: 40, entries: 3);
        var bytes = File.ReadAllBytes(path);
        var changed = _folder["changed"];
        for (var place = 0; place < bytes.Length; place++)
        {
            bytes[place] ^= (byte)(1 << (place % 8));
            File.WriteAllBytes(changed, bytes);
            Assert.Throws<StoreException>(() => BackupReader.Verify(changed));
            bytes[place] ^= (byte)(1 << (place % 8));
            File.WriteAllBytes(changed, bytes.AsSpan(0, place));
            Assert.Throws<StoreException>(() => BackupReader.Verify(changed));
        }

        File.WriteAllBytes(changed, [.. bytes, 0]);
        Assert.Throws<StoreException>(() => BackupReader.Verify(changed));
    }

    [Fact]
    public void Backup_has_its_name_only_when_it_is_whole()
    {
        using (BackupWriter writer = new(_folder["backup"]))
        {
            writer.Begin(HeadOf(null));
            writer.Add(EntriesAfter(default, 2));
            Assert.False(File.Exists(_folder["backup"]));
        }

        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void Restored_store_has_the_snapshot_and_the_log_with_the_new_members_alone()
    {
        var (path, end) = Write("backup", stateSize: 100_000, entries: 5);

        Assert.Equal(end, RestoredStore.Write(new StoreOptions { Directory = _folder["store"] }, Self, Plan, [path]));

        var (found, state) = Open(StoreDirectory.Open(new StoreOptions { Directory = _folder["store"] }));
        Assert.Equal(Plan.MemberOf(Self).Incarnation, found.Incarnation);
        Assert.Equal((Plan.Configuration.Group, true, null, end.Term), (
            found.State.HardState.Group, found.State.HardState.IsAdmitted, found.State.HardState.Fence, found.State.HardState.Term));
        var restored = Plan.Configuration.InPlaceOf(Plan.Configuration).ToString();
        Assert.Equal(restored, found.State.Snapshot!.Configuration.ToString());
        Assert.Equal((end.Index, 5), (found.State.Last, found.State.Log.Length));
        Assert.Equal(Enumerable.Range(0, 100_000).Select(at => (byte)at), state);
        Assert.All(
            found.State.Log.Where(entry => entry.Configuration is not null),
            entry => Assert.Equal(restored, entry.Configuration!.ToString()));
    }

    [Fact]
    public void Restore_that_did_not_finish_leaves_a_fenced_store()
    {
        var (path, end) = Write("backup", stateSize: 3_000_000, entries: 5);
        ModelDisk disk = new() { IsRecording = false, Capacity = 2_000_000 };
        StoreOptions options = new() { Directory = "model", SegmentSizeBytes = 64 << 10, FreeSpaceFloorBytes = 64 << 10 };
        using (var directory = StoreDirectory.OpenWithThread(options, disk, Plan.IdentitiesOf(Self)))
        {
            Assert.Contains("nearly full", Assert.Throws<StoreException>(
                () => RestoredStore.Write(directory, Self, Plan, [path], end)).Message);
        }

        disk.Capacity = long.MaxValue;
        var (found, _) = Open(StoreDirectory.OpenWithThread(options, disk));
        Assert.IsType<Fence.RestoredDisk>(found.State.HardState.Fence);
        Assert.False(found.State.HardState.IsAdmitted);
    }

    [Fact]
    public void Members_of_one_restore_agree_and_another_restore_is_another_group()
    {
        ProcessName[] names = [Self, new("a@n2"), new("a@n3"), new("a@n4")];
        RestorePlan one = new(Plan.Id, "g", names);

        Assert.Equal(one.Configuration.ToString(), new RestorePlan(Plan.Id, "g", names).Configuration.ToString());
        Assert.Equal((3, 1), (one.Configuration.Voters.Length, one.Configuration.Learners.Length));
        Assert.NotEqual(one.Configuration.Group, new RestorePlan(Guid.NewGuid(), "g", names).Configuration.Group);
        Assert.NotEqual(one.Configuration.Group, new RestorePlan(Plan.Id, "h", names).Configuration.Group);
    }

    public void Dispose() => _folder.Dispose();

    private static (RecoveredState Found, byte[] State) Open(StoreDirectory directory)
    {
        using (directory)
        {
            StoreOwner owner = new("g", Self);
            using var store = directory.StoreOf(owner);
            var found = store.Open(owner, [], new Listener());
            var snapshot = found.State.Snapshot;
            return (found, snapshot is null ? [] : store.ReadSnapshot(snapshot.Position, 0, (int)snapshot.Length).ToArray());
        }
    }

    private static LogSlice EntriesAfter(LogPosition position, int count)
    {
        var (index, serial) = (position.Index.Value, position.Serial.Value);
        List<LogEntry> entries = [new(new LogIndex(index + 1), new Term(3), new Serial(serial), new Payload.Reconfigure(OldConfiguration))];
        for (var number = 1; number < count; number++)
        {
            entries.Add(new LogEntry(
                new LogIndex(index + 1 + number), new Term(3), new Serial(serial + number), null, $"key{number}", new byte[number]));
        }

        return [.. entries];
    }

    private static Configuration OldConfiguration { get; } = new(
        new GroupUid(Guid.Parse("99999999-2222-3333-4444-555555555555")),
        1,
        [new Member(new ProcessName("old@n9"), new Incarnation(Guid.Parse("88888888-2222-3333-4444-555555555555")))],
        [],
        [],
        []);

    private static BackupRecord.Head HeadOf(Snapshot? snapshot)
    {
        ByteWriter description = new();
        if (snapshot is not null)
        {
            EntryFormat.WriteSnapshot(description, snapshot);
        }

        return new BackupRecord.Head(
            "g",
            OldConfiguration.Group,
            Self,
            DateTimeOffset.UnixEpoch,
            IsIncremental: false,
            snapshot?.Position ?? default,
            description.Length,
            snapshot?.Length ?? 0);
    }

    private (string Path, LogPosition End) Write(string name, int stateSize, int entries)
    {
        Snapshot snapshot = new(
            new LogPosition(new LogIndex(9), new Term(2), new Serial(7), 77), new LogIndex(1), OldConfiguration, [], stateSize);
        ByteWriter image = new();
        EntryFormat.WriteSnapshot(image, snapshot);
        image.Rest([.. Enumerable.Range(0, stateSize).Select(at => (byte)at)]);
        using BackupWriter writer = new(_folder[name]);
        writer.Begin(HeadOf(snapshot));
        foreach (var piece in image.ToArray().Chunk(70_000))
        {
            writer.Add(piece);
        }

        writer.Add(EntriesAfter(snapshot.Position, entries));
        writer.Complete();
        return (_folder[name], writer.Position);
    }
}
