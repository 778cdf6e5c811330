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

    private static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;

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

    [Theory]
    [InlineData(0)]
    [InlineData(100_000)]
    public void Restored_store_has_the_snapshot_and_the_log_with_the_new_members_alone(int stateSize)
    {
        var (path, end) = Write("backup", stateSize, entries: 5);

        Assert.Equal(end, RestoredStore.Write(new StoreOptions { Directory = _folder["store"] }, Self, (_, _) => Plan, [path], Now));

        var (found, state) = Open(StoreDirectory.Open(new StoreOptions { Directory = _folder["store"] }));
        Assert.Equal(Plan.MemberOf(Self).Incarnation, found.Incarnation);
        Assert.Equal((Plan.Configuration.Group, true, null, end.Term), (
            found.State.HardState.Group, found.State.HardState.IsAdmitted, found.State.HardState.Fence, found.State.HardState.Term));
        var restored = Plan.Configuration.InPlaceOf(Plan.Configuration).ToString();
        Assert.Equal(restored, found.State.Snapshot!.Configuration.ToString());
        Assert.Equal((end.Index, 5), (found.State.Last, found.State.Log.Length));
        Assert.Equal((SnapshotOf(stateSize).Position.Time, end.Time), (found.State.Base.Time, found.State.Log[^1].Time));
        Assert.Equal(Enumerable.Range(0, stateSize).Select(at => (byte)at), state);
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
        RestorePlan one = new(Plan.Id, "g", [.. names, Self]);
        var identities = names.Select(name => one.MemberOf(name).Incarnation.Value).Append(one.Configuration.Group.Value);

        Assert.Equal(5, identities.Distinct().Count());

        Assert.Equal(one.Configuration.ToString(), new RestorePlan(Plan.Id, "g", names).Configuration.ToString());
        Assert.Equal((3, 1), (one.Configuration.Voters.Length, one.Configuration.Learners.Length));
        Assert.NotEqual(one.Configuration.Group, new RestorePlan(Guid.NewGuid(), "g", names).Configuration.Group);
        Assert.NotEqual(one.Configuration.Group, new RestorePlan(Plan.Id, "h", names).Configuration.Group);
        Assert.Throws<StoreException>(() => new RestorePlan(Plan.Id, "g", []));
    }

    [Fact]
    public void Restored_group_has_no_more_voters_than_its_maximum()
    {
        var configuration = new RestorePlan(
            Plan.Id, "g", Enumerable.Range(1, 5).Select(number => new ProcessName($"a@n{number}")), maxQuorum: 3).Configuration;

        Assert.Equal((3, 3, 3, 2), (
            configuration.MaxQuorum, configuration.Size, configuration.Voters.Length, configuration.Learners.Length));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(1, 2)]
    public void File_has_the_highest_format_level_of_its_configurations(byte ofSnapshot, byte ofLog)
    {
        var snapshot = SnapshotOf(10) with { Configuration = OldConfiguration with { Version = new GroupVersion(ofSnapshot, 1) } };
        using (BackupWriter writer = new(_folder["backup"]))
        {
            writer.Begin(HeadOf(snapshot));
            writer.Add(ImageOf(snapshot));
            var entry = EntriesAfter(snapshot.Position, 1)[0];
            writer.Add([entry with { Payload = new Payload.Reconfigure(OldConfiguration with { Version = new GroupVersion(ofLog, 1) }) }]);
            writer.Complete();
        }

        Assert.Equal(BackupFormat.Header(Math.Max(ofSnapshot, ofLog)), File.ReadAllBytes(_folder["backup"])[..BackupFormat.HeaderSize]);
    }

    [Fact]
    public void Record_has_another_checksum_at_another_place() => Assert.NotEqual(
        BackupFormat.Encode(new BackupRecord.End(default), place: 10), BackupFormat.Encode(new BackupRecord.End(default), place: 20));

    [Fact]
    public void Record_with_bytes_behind_it_is_refused()
    {
        var content = BackupFormat.Encode(new BackupRecord.End(default), 0).AsMemory(BackupFormat.FrameSize);
        BackupFormat.Decode(content);

        Assert.Throws<InvalidDataException>(() => BackupFormat.Decode((byte[])[.. content.Span, 0]));
    }

    [Fact]
    public void Power_cut_leaves_no_file_with_the_name_or_a_whole_one()
    {
        ModelDisk disk = new();
        using (BackupWriter writer = new(disk, "backup"))
        {
            Fill(writer, SnapshotOf(1000), entries: 3);
        }

        var whole = disk.Now.Files["backup"];
        foreach (var cut in disk.Cuts())
        {
            Assert.True(!cut.Found.Files.TryGetValue("backup", out var found) || found.SequenceEqual(whole), $"{cut}");
        }

        Assert.All(disk.CutsAfter(disk.Operations.Count), cut => Assert.Contains("backup", cut.Found.Files.Keys));
    }

    [Fact]
    public void Second_writer_of_a_name_replaces_nothing()
    {
        ModelDisk disk = new();
        using BackupWriter one = new(disk, "backup");
        using BackupWriter other = new(disk, "backup");
        Fill(one, SnapshotOf(10), entries: 3);

        Assert.Contains("replaces no file", Assert.Throws<StoreException>(() => Fill(other, SnapshotOf(20), entries: 3)).Message);
        Assert.Contains("replaces no file", Assert.Throws<StoreException>(() => new BackupWriter(disk, "backup")).Message);
    }

    [Fact]
    public void Writer_refuses_parts_that_do_not_fit_together()
    {
        using BackupWriter writer = new(_folder["backup"]);
        var snapshot = SnapshotOf(10);
        var image = ImageOf(snapshot);
        writer.Begin(HeadOf(snapshot));

        Assert.Throws<InvalidDataException>(() => writer.Add(new byte[image.Length + 1]));
        Assert.Throws<InvalidDataException>(writer.Complete);
        writer.Add(image);
        Assert.Throws<InvalidDataException>(() => writer.Add(default(LogSlice)));
        Assert.Throws<InvalidDataException>(() => writer.Add(EntriesAfter(default, 2)));
        Assert.False(File.Exists(_folder["backup"]));
    }

    public static TheoryData<string> Contradictions =>
    [
        "no head", "another head", "an image after the log", "a log before the image is whole", "an end before the image is whole",
        "an end elsewhere", "a gap of indexes", "a gap of serials", "a lower term", "an earlier time", "no entries",
        "a record behind the end", "a snapshot elsewhere", "a snapshot of another size", "bytes behind the description",
    ];

    /// <summary>Each record has its right checksum, so only what it says is wrong.</summary>
    [Theory]
    [MemberData(nameof(Contradictions))]
    public void Records_that_contradict_each_other_are_refused(string what)
    {
        var snapshot = SnapshotOf(10);
        var (head, image) = (HeadOf(snapshot), ImageOf(snapshot));
        BackupRecord.Image whole = new(image), half = new(image.AsMemory(0, image.Length - 4));
        var entries = EntriesAfter(snapshot.Position, 3).ToArray();
        BackupRecord.Log LogOf(params LogEntry[] some) => new([.. some]);
        BackupRecord.End EndAfter(params LogEntry[] some) => new(snapshot.Position.After([.. some]));
        var (skipping, later) = (entries[1] with { Serial = entries[1].Serial.Next }, entries[0] with { Term = new Term(5) });
        var early = entries[0] with { Time = new LogTime(1) };
        BackupRecord[] right = [head, whole, LogOf(entries), EndAfter(entries)];
        BackupRecord[] records = what switch
        {
            "no head" => [whole, LogOf(entries), EndAfter(entries)],
            "another head" => [head, head, whole, EndAfter()],
            "an image after the log" => [head, whole, LogOf(entries), new BackupRecord.Image(default), EndAfter(entries)],
            "a log before the image is whole" => [head, half, LogOf(entries), EndAfter(entries)],
            "an end before the image is whole" => [head, half, EndAfter()],
            "an end elsewhere" => [head, whole, LogOf(entries), EndAfter(entries[..2])],
            "a gap of indexes" => [head, whole, LogOf(entries[1..]), EndAfter(entries[1..])],
            "a gap of serials" => [head, whole, LogOf(entries[0], skipping), EndAfter(entries[0], skipping)],
            "a lower term" => [head, whole, LogOf(later, entries[1]), EndAfter(later, entries[1])],
            "an earlier time" => [head, whole, LogOf(early), EndAfter(early)],
            "no entries" => [head, whole, LogOf(), EndAfter()],
            "a record behind the end" => [.. right, EndAfter(entries)],
            "a snapshot elsewhere" => [head with { After = default }, whole, new BackupRecord.End(default)],
            "a snapshot of another size" => [
                head with { DescriptionLength = head.DescriptionLength, StateLength = 9 },
                new BackupRecord.Image(image.AsMemory(0, image.Length - 1)),
                EndAfter()],
            "bytes behind the description" => [
                head with { DescriptionLength = head.DescriptionLength + 1, StateLength = 10 },
                new BackupRecord.Image(
                    (byte[])[.. image.AsSpan(0, (int)head.DescriptionLength), 0, .. image.AsSpan((int)head.DescriptionLength)]),
                EndAfter()],
            _ => right,
        };
        WriteRecords("right", right);
        WriteRecords("wrong", records);

        Assert.Equal(EndAfter(entries).Position, BackupReader.Verify(_folder["right"]).End);
        Assert.Contains("is damaged at", Assert.Throws<StoreException>(() => BackupReader.Verify(_folder["wrong"])).Message);
    }

    [Theory]
    [InlineData("begins after 12/3 s9")]
    [InlineData("of group 99999999")]
    [InlineData("continues another backup")]
    [InlineData("begins after 0/0 s0")]
    [InlineData("each with the one that it continues before it")]
    public void Files_that_do_not_follow_each_other_are_refused(string why)
    {
        var (full, end) = Write("full", 10, entries: 4);
        var head = HeadOf(null) with { IsIncremental = true, After = end };
        BackupRecord[] records = why switch
        {
            "begins after 12/3 s9" => [head with { After = end with { Index = new LogIndex(12), Serial = new Serial(9) } }],
            "of group 99999999" => [head with { Uid = new GroupUid(Guid.NewGuid()) }],
            "begins after 0/0 s0" => [HeadOf(null)],
            "each with the one that it continues before it" => [head with { IsIncremental = false }],
            _ => [head],
        };
        WriteRecords("second", [records[0], new BackupRecord.End(((BackupRecord.Head)records[0]).After)]);
        string[] paths = why == "continues another backup" ? [_folder["second"]] : [full, _folder["second"]];

        Assert.Contains(why, Assert.Throws<StoreException>(() => Restore(paths)).Message);
        Assert.False(Directory.Exists(_folder["store"]));
    }

    [Fact]
    public void Restored_group_keeps_the_maximum_of_voters_of_the_backup()
    {
        List<int> told = [];
        RestorePlan PlanOf(string group, int maxQuorum)
        {
            told.Add(maxQuorum);
            return new RestorePlan(Plan.Id, group, [Self], maxQuorum);
        }

        var snapshot = SnapshotOf(10) with { Configuration = OldConfiguration with { MaxQuorum = 5 } };
        foreach (var entries in (int[])[0, 2])
        {
            var image = ImageOf(snapshot);
            var some = EntriesAfter(snapshot.Position, 2).ToArray();
            some[0] = some[0] with { Payload = new Payload.Reconfigure(OldConfiguration with { MaxQuorum = 3 }) };
            WriteRecords($"{entries}", [
                HeadOf(snapshot),
                new BackupRecord.Image(image),
                .. entries == 0 ? (BackupRecord[])[] : [new BackupRecord.Log([.. some])],
                new BackupRecord.End(entries == 0 ? snapshot.Position : snapshot.Position.After([.. some]))]);
            RestoredStore.Write(new StoreOptions { Directory = _folder[$"store{entries}"] }, Self, PlanOf, [_folder[$"{entries}"]], Now);
        }

        var log = EntriesAfter(snapshot.Position, 1).ToArray();
        log[0] = log[0] with { Payload = new Payload.Reconfigure(OldConfiguration with { MaxQuorum = 7 }) };
        WriteRecords(
            "later",
            HeadOf(null) with { IsIncremental = true, After = snapshot.Position },
            new BackupRecord.Log([.. log]),
            new BackupRecord.End(snapshot.Position.After([.. log])));
        RestoredStore.Write(new StoreOptions { Directory = _folder["stores"] }, Self, PlanOf, [_folder["0"], _folder["later"]], Now);

        Assert.Equal([5, 3, 7], told);
        Assert.Contains("odd and from 3 to 11", Assert.Throws<StoreException>(() => new RestorePlan(Plan.Id, "g", [Self], 4)).Message);
    }

    [Fact]
    public void Clock_that_is_behind_the_backup_is_refused()
    {
        var (path, _) = Write("backup", 10, entries: 2);

        Assert.Contains("Correct the clock", Assert.Throws<StoreException>(
            () => Restore([path], DateTimeOffset.UnixEpoch.AddSeconds(-1))).Message);
        Restore([path], DateTimeOffset.UnixEpoch);
    }

    [Fact]
    public void Member_that_is_not_named_and_one_that_has_a_store_are_refused()
    {
        var (path, _) = Write("backup", 10, entries: 2);

        Assert.Contains("is not among the members", Assert.Throws<StoreException>(() => RestoredStore.Write(
            new StoreOptions { Directory = _folder["store"] }, new ProcessName("a@n9"), (_, _) => Plan, [path], Now)).Message);
        Restore([path]);
        Assert.Contains("already", Assert.Throws<StoreException>(() => Restore([path])).Message);
    }

    public void Dispose() => _folder.Dispose();

    private void Restore(string[] paths, DateTimeOffset? now = null) =>
        RestoredStore.Write(new StoreOptions { Directory = _folder["store"] }, Self, (_, _) => Plan, paths, now ?? Now);

    private void WriteRecords(string name, params BackupRecord[] records)
    {
        List<byte> bytes = [.. BackupFormat.Header(2)];
        foreach (var record in records)
        {
            bytes.AddRange(BackupFormat.Encode(record, bytes.Count));
        }

        File.WriteAllBytes(_folder[name], [.. bytes]);
    }

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
        var first = new LogEntry(new LogIndex(index + 1), new Term(3), new Serial(serial), new Payload.Reconfigure(OldConfiguration));
        List<LogEntry> entries = [first with { Time = position.Time }];
        for (var number = 1; number < count; number++)
        {
            entries.Add(new LogEntry(
                new LogIndex(index + 1 + number), new Term(3), new Serial(serial + number), null, $"key{number}", new byte[number])
            {
                Time = new LogTime(position.Time.Milliseconds + number),
            });
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

    private static Snapshot SnapshotOf(int stateSize) => new(
        new LogPosition(new LogIndex(9), new Term(2), new Serial(7), 77, new LogTime(5000)),
        new LogIndex(1),
        OldConfiguration,
        [],
        stateSize);

    private static byte[] ImageOf(Snapshot snapshot)
    {
        ByteWriter image = new();
        EntryFormat.WriteSnapshot(image, snapshot);
        image.Rest([.. Enumerable.Range(0, (int)snapshot.Length).Select(at => (byte)at)]);
        return image.ToArray();
    }

    private static void Fill(BackupWriter writer, Snapshot snapshot, int entries)
    {
        writer.Begin(HeadOf(snapshot));
        foreach (var piece in ImageOf(snapshot).Chunk(70_000))
        {
            writer.Add(piece);
        }

        writer.Add(EntriesAfter(snapshot.Position, entries));
        writer.Complete();
    }

    private (string Path, LogPosition End) Write(string name, int stateSize, int entries)
    {
        using BackupWriter writer = new(_folder[name]);
        Fill(writer, SnapshotOf(stateSize), entries);
        return (_folder[name], writer.Position);
    }
}
