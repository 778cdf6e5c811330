using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;

using RaftActors.Storage.Backups;

namespace RaftActors.Storage.Tests.Backups;

public sealed class BackupFileTests : FolderTest
{
    private const string ManifestName = "manifest.json";

    private static readonly ProcessName Self = new("a@n1");

    private static readonly RestoredContent Content = new("g", QuorumSize.Max, default, default);

    private static readonly RestorePlan Plan =
        new(Guid.Parse("11111111-2222-3333-4444-555555555555"), Content, [Self, new("a@n2"), new("a@n3")]);

    // Prime, so that the places differ in their bits.
    private static readonly int Stride = Share.Of(test: 131, ci: 23, whole: 7);
    private static readonly int StrideOfManifest = Share.Of(test: 13, ci: 3, whole: 1);

    private static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(300_000)]
    public void Backup_returns_what_was_written(int stateSize)
    {
        var (path, end) = Write("backup", SnapshotOf(stateSize), entries: 5);

        using BackupFile backup = new(path);
        using var snapshot = backup.OpenSnapshot();
        Assert.Equal(StateOf(stateSize), snapshot!.TryRead(0, stateSize));
        Assert.Equal(Session, Assert.Single(snapshot.Snapshot.Sessions).Origin);
        Assert.Equal(new Serial(6), Assert.Single(snapshot.Snapshot.Keys.Keys).Serial);
        Assert.Equal((SnapshotOf(stateSize).Position, end, false), (backup.Start, backup.End, backup.IsIncremental));
        Assert.Equal((new StoreOwner("g", Self), OldConfiguration.Group), (backup.Owner, backup.Uid));
        Assert.Equal([10, 11, 12, 13, 14], backup.Pages().SelectMany(page => page).Select(entry => entry.Index.Value));
    }

    [Fact]
    public void A_flipped_bit_is_refused_or_changes_nothing_that_is_restored()
    {
        var (path, _) = Write("backup", SnapshotOf(40), entries: 3);
        var (written, bytes, changed) = (ContentOf(path), File.ReadAllBytes(path), Folder["changed"]);
        var places = PlacesOf(bytes);
        var (flipped, refused) = (0, 0);
        for (var place = 0; place < bytes.Length; place += places[place] == Place.Segment ? Stride : StrideOfManifest)
        {
            bytes[place] ^= (byte)(1 << (place % 8));
            File.WriteAllBytes(changed, bytes);
            var found = ContentOf(changed);
            bytes[place] ^= (byte)(1 << (place % 8));
            Assert.True(found is null || (found == written && places[place] != Place.Manifest), $"{places[place]} at {place} made {found}");
            (flipped, refused) = (flipped + 1, refused + (found is null ? 1 : 0));
        }

        // Not read are the dates, rights and versions in a zip, and most of the header before each file.
        Assert.InRange(refused, flipped / 2, flipped);
        Assert.Equal([changed, path], Directory.GetFileSystemEntries(Folder.Path).Order().Reverse());
    }

    [Fact]
    public void A_shorter_file_is_refused()
    {
        var (path, _) = Write("backup", SnapshotOf(40), entries: 3);
        var bytes = File.ReadAllBytes(path);
        for (var length = 0; length < bytes.Length; length += Stride)
        {
            File.WriteAllBytes(Folder["changed"], bytes.AsSpan(0, length));
            Assert.Null(ContentOf(Folder["changed"]));
        }
    }

    [Theory]
    [InlineData("../evil")]
    [InlineData("log/../../evil")]
    [InlineData("log/")]
    [InlineData("log/..")]
    [InlineData("snapshots/2/evil")]
    [InlineData("/raft-evil")]
    [InlineData("evil")]
    public void File_of_another_folder_is_refused_although_the_manifest_names_it(string name)
    {
        Forge((files, manifest) =>
        {
            files.Add(name, []);
            manifest.Add(name, new BackupManifest.Written(0, Convert.ToHexStringLower(SHA256.HashData([]))));
        });

        RefusalOf("forged");
        Assert.Equal(["backup", "forged"], Directory.GetFileSystemEntries(Folder.Path).Select(Path.GetFileName).Order());
        Assert.False(File.Exists("/raft-evil"));
    }

    [Theory]
    [InlineData("one byte less", "is not what was written")]
    [InlineData("one byte more", "is not what was written")]
    [InlineData("a negative size", "is not what was written")]
    [InlineData("another checksum", "is not what was written")]
    [InlineData("more than the disk has", "Make room, or move the backup.")]
    [InlineData("a file that is missing", "it has other files than were written")]
    [InlineData("no file of the log", "has no log of raft processes")]
    [InlineData("an incremental backup", "continues another backup")]
    [InlineData("another format", "it has format 2, and this program reads format 1")]
    [InlineData("no files", "is no backup, or is damaged")]
    [InlineData("null", "is no backup, or is damaged")]
    [InlineData("no JSON", "is no backup, or is damaged")]
    public void Manifest_that_contradicts_the_files_is_refused_although_its_checksum_is_right(string what, string why)
    {
        const string segment = "log/0000000001.wal";
        Forge((files, manifest) =>
        {
            var written = manifest[segment];
            manifest[segment] = what switch
            {
                "one byte less" => written with { Size = written.Size - 1 },
                "one byte more" => written with { Size = written.Size + 1 },
                "a negative size" => written with { Size = -1 },
                "another checksum" => written with { Sha256 = new string('0', 64) },
                "more than the disk has" => written with { Size = long.MaxValue },
                _ => written,
            };
            _ = what switch
            {
                "a file that is missing" => manifest.TryAdd("log/0000000002.wal", written),
                "no file of the log" => files.Remove(segment) && manifest.Remove(segment),
                _ => false,
            };
        }, text => what switch
        {
            "an incremental backup" => text.Replace("\"IsIncremental\":false", "\"IsIncremental\":true", StringComparison.Ordinal),
            "another format" => text.Replace("\"Format\":1", "\"Format\":2", StringComparison.Ordinal),
            "no files" => text[..text.IndexOf(",\"Files", StringComparison.Ordinal)] + "}",
            "null" or "no JSON" => what,
            _ => text,
        });

        Assert.Contains(why, RefusalOf("forged"));
        Assert.False(Directory.Exists(Folder["store"]));
        Assert.Equal(["backup", "forged"], Directory.GetFileSystemEntries(Folder.Path).Select(Path.GetFileName).Order());
    }

    [Theory]
    [InlineData(ManifestName)]
    [InlineData("log/0000000001.wal")]
    [InlineData("snapshots/1/00000000000000000009-2.snap")]
    public void Backup_without_one_of_its_files_or_with_another_one_is_refused(string name)
    {
        var (path, _) = Write("backup", SnapshotOf(40), entries: 3);
        var (other, _) = Write("other", SnapshotOf(41), entries: 2);
        File.Copy(path, Folder["less"]);
        File.Copy(path, Folder["mixed"]);
        Change("less", zip => zip.GetEntry(name)!.Delete());
        Change("mixed", zip =>
        {
            zip.GetEntry(name)!.Delete();
            using var from = ZipFile.OpenRead(other);
            using var to = zip.CreateEntry(name).Open();
            using var content = from.GetEntry(name)!.Open();
            content.CopyTo(to);
        });
        Change("other", zip => zip.CreateEntry("log/0000000002.wal"));

        Assert.All(["less", "mixed", "other"], file =>
            Assert.Contains("is no backup, or is damaged", Assert.Throws<StoreException>(() => new BackupFile(Folder[file])).Message));
    }

    [Fact]
    public void Backup_has_its_name_only_when_it_is_whole()
    {
        using (var writer = WriterOf("backup"))
        {
            writer.Add(null, EntriesAfter(default, 2));
            Assert.False(File.Exists(Folder["backup"]));
        }

        Assert.Empty(Directory.GetFileSystemEntries(Folder.Path));
    }

    [Fact]
    public void Backup_is_readable_by_its_owner_alone()
    {
        var (path, _) = Write("backup", SnapshotOf(10), entries: 5);

        Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(path) == (UnixFileMode.UserRead | UnixFileMode.UserWrite));
    }

    [Fact]
    public void Store_of_a_backup_is_fenced()
    {
        var (path, _) = Write("backup", SnapshotOf(10), entries: 5);
        ZipFile.ExtractToDirectory(path, Folder["store"]);
        File.Delete(Path.Combine(Folder["store"], ManifestName));

        var (found, _) = Open(StoreDirectory.Open(new StoreOptions { Directory = Folder["store"] }));

        Assert.Equal(Fence.RestoredDisk, found.State.HardState.Fence);
        Assert.False(found.State.HardState.IsAdmitted);
    }

    [Fact]
    public void Later_snapshot_takes_the_place_of_all_that_came_before()
    {
        var later = SnapshotOf(10) with { Position = SnapshotOf(10).Position with { Index = new LogIndex(12) } };
        using (var writer = WriterOf("backup"))
        {
            Add(writer, SnapshotOf(10));
            writer.Add(null, EntriesAfter(writer.Position, 2));
            Add(writer, later);
            writer.Add(null, EntriesAfter(writer.Position, 2));
            writer.Complete(OldConfiguration.Group, DateTimeOffset.UnixEpoch);
        }

        using BackupFile backup = new(Folder["backup"]);
        using var snapshot = backup.OpenSnapshot();
        Assert.Equal((later.Position, later.Position), (backup.Start, snapshot!.Snapshot.Position));
        Assert.Equal([13, 14], backup.Pages().SelectMany(page => page).Select(entry => entry.Index.Value));
        using var zip = ZipFile.OpenRead(Folder["backup"]);
        Assert.Single(zip.Entries, entry => entry.Name.EndsWith(".snap", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100_000)]
    [InlineData(3_000_000)]
    public void Restored_store_has_the_snapshot_and_the_log_with_the_new_members_alone(int stateSize)
    {
        var (path, end) = Write("backup", SnapshotOf(stateSize), entries: 5);

        Assert.Equal(end, Restore([path]));

        var (found, state) = Open(StoreDirectory.Open(new StoreOptions { Directory = Folder["store"] }));
        Assert.Equal(Plan.MemberOf(Self).Incarnation, found.Incarnation);
        Assert.Equal((Plan.Configuration.Group, true, null, end.Term), (
            found.State.HardState.Group, found.State.HardState.IsAdmitted, found.State.HardState.Fence, found.State.HardState.Term));
        var restored = Plan.Configuration.InPlaceOf(Plan.Configuration).ToString();
        Assert.Equal(restored, found.State.Snapshot!.Configuration.ToString());
        Assert.Equal((end.Index, 5), (found.State.Last, found.State.Log.Length));
        Assert.Equal((SnapshotOf(stateSize).Position.Time, end.Time), (found.State.Base.Time, found.State.Log[^1].Time));
        Assert.Equal(StateOf(stateSize), state);
        Assert.All(
            found.State.Log.Where(entry => entry.Configuration is not null),
            entry => Assert.Equal(restored, entry.Configuration!.ToString()));
        Assert.Equal([Folder["store"], path], Directory.GetFileSystemEntries(Folder.Path).Order().Reverse());
    }

    [Fact]
    public void Restored_store_has_the_entries_of_all_backups_and_the_directory_keeps_its_other_stores()
    {
        StoreOwner other = new("other", Self);
        using (var directory = StoreDirectory.Open(new StoreOptions { Directory = Folder["store"] }))
        using (var store = directory.StoreOf(other))
        {
            store.Open(other, EntriesAfter(default, 3), new Listener());
        }

        var (full, middle) = Write("full", null, entries: 4);
        var (second, end) = Write("second", null, entries: 400, continues: middle, valueSize: 10_000);

        Assert.Equal(end, Restore([full, second]));

        using var opened = StoreDirectory.Open(new StoreOptions { Directory = Folder["store"] });
        Assert.Equal([other, new StoreOwner("g", Self)], opened.Owners);
        using (var store = opened.StoreOf(other))
        {
            Assert.Equal(3, store.Open(other, [], new Listener()).State.Log.Length);
        }

        var (found, _) = Open(opened);
        Assert.Equal(404, found.State.Log.Length);
        Assert.Equal(end, default(LogPosition).After(found.State.Log));
    }

    [Fact]
    public void Restore_that_did_not_finish_leaves_a_fenced_store()
    {
        var (path, _) = Write("backup", SnapshotOf(3_000_000), entries: 5);
        ModelDisk disk = new() { IsRecording = false, Capacity = 2_000_000 };
        StoreOptions options = new() { Directory = "model", SegmentSizeBytes = 64 << 10, FreeSpaceFloorBytes = 64 << 10 };
        using (BackupFile backup = new(path))
        {
            Assert.Contains("nearly full", Assert.Throws<StoreException>(() => RestoredStore.Write(
                StoreDirectory.Open(options, disk, Plan.IdentitiesOf(Self)), Self, Plan, [backup])).Message);
        }

        disk.Capacity = long.MaxValue;
        var (found, _) = Open(StoreDirectory.Open(options, disk));
        Assert.Equal(Fence.RestoredDisk, found.State.HardState.Fence);
        Assert.False(found.State.HardState.IsAdmitted);
    }

    [Fact]
    public void Restore_that_was_cancelled_leaves_nothing()
    {
        var (path, _) = Write("backup", SnapshotOf(3_000_000), entries: 5);

        Assert.Throws<OperationCanceledException>(() => RestoredStore.Write(
            new StoreOptions { Directory = Folder["store"] }, Self, _ => Plan, [path], Now, new CancellationToken(canceled: true)));

        Assert.Equal([path], Directory.GetFileSystemEntries(Folder.Path));
    }

    [Fact]
    public void Folder_of_a_program_that_was_killed_is_deleted_and_one_in_use_stays()
    {
        var (path, _) = Write("backup", SnapshotOf(1000), entries: 5);
        var (killed, used, begun) = (Part(), Part(), Part());
        DirectoryLock.Take(killed, isSharedAllowed: true).Dispose();
        using var inUse = DirectoryLock.Take(used, isSharedAllowed: true);
        Directory.CreateDirectory(begun);

        new BackupFile(path).Dispose();

        Assert.Equal(new[] { path, used, begun }.Order(), Directory.GetFileSystemEntries(Folder.Path).Order());

        string Part() => $"{path}.{Guid.NewGuid():N}.part";
    }

    [Fact]
    public void Members_of_one_restore_agree_and_another_restore_is_another_group()
    {
        ProcessName[] names = [Self, new("a@n2"), new("a@n3"), new("a@n4")];
        RestorePlan one = new(Plan.Id, Content, [.. names, Self]);
        var identities = names.Select(name => one.MemberOf(name).Incarnation.Value).Append(one.Configuration.Group.Value);

        Assert.Equal(5, identities.Distinct().Count());

        Assert.Equal(one.Configuration.ToString(), new RestorePlan(Plan.Id, Content, names).Configuration.ToString());
        Assert.Equal((3, 1), (one.Configuration.Voters.Length, one.Configuration.Learners.Length));
        Assert.NotEqual(one.Configuration.Group, new RestorePlan(Guid.NewGuid(), Content, names).Configuration.Group);
        Assert.NotEqual(one.Configuration.Group, new RestorePlan(Plan.Id, Content with { Group = "h" }, names).Configuration.Group);
        Assert.Throws<StoreException>(() => new RestorePlan(Plan.Id, Content, []));
    }

    [Theory]
    [InlineData("a@1 b@2 c@3 d@4", "d@4 a@1 b@2 c@3", 11, 11)]
    [InlineData("a@1 b@2 c@3 d@4 e@5", "c@3 d@4 e@5 a@1 b@2", 3, 3)]
    [InlineData("a@1 b@2 c@3", "a@1 b@2 d@4", 11, 11)]
    [InlineData("a@1 b@2 c@3 d@4", "a@1 b@2 c@3", 11, 11)]
    [InlineData("a@1 b@2 c@3 d@4 e@5", "a@1 b@2 c@3 d@4 e@5", 3, 5)]
    [InlineData("a@1 b@2 c@3", "a@1 b@2 c@3", 3, 5)]
    public void Members_that_are_restored_with_other_members_or_another_maximum_are_of_other_groups(
        string one, string other, int maximum, int otherMaximum) =>
        Assert.NotEqual(GroupOf(one, maximum), GroupOf(other, otherMaximum));

    [Fact]
    public void Order_of_the_voters_and_of_the_learners_does_not_change_the_group() =>
        Assert.Equal(GroupOf("a@1 b@2 c@3 d@4 e@5", 3), GroupOf("c@3 b@2 a@1 e@5 d@4", 3));

    [Fact]
    public void Members_that_are_restored_from_other_backups_are_of_other_groups()
    {
        var (full, end) = Write("full", SnapshotOf(10), entries: 3);
        string[][] chains =
        [
            [full],
            [full, Write("later", null, 2, end).Path],
            [Write("other", SnapshotOf(10), entries: 3, valueSize: 2).Path],
            [Write("foreign", SnapshotOf(10), entries: 3, uid: new GroupUid(Guid.NewGuid())).Path],
        ];

        var groups = chains.Select((chain, number) => RestoredGroupOf($"store-{number}", chain)).Append(RestoredGroupOf("again", [full]));

        Assert.Equal(chains.Length, groups.Distinct().Count());
    }

    [Fact]
    public void Restored_group_has_no_more_voters_than_its_maximum()
    {
        var configuration = new RestorePlan(
            Plan.Id,
            Content with { MaxQuorum = 3 },
            Enumerable.Range(1, 5).Select(number => new ProcessName($"a@n{number}"))).Configuration;

        Assert.Equal((3, 3, 3, 2), (
            configuration.MaxQuorum, configuration.Size, configuration.Voters.Length, configuration.Learners.Length));
    }

    [Fact]
    public void Second_writer_of_a_name_replaces_nothing()
    {
        using var one = WriterOf("backup");
        using var other = WriterOf("backup");
        one.Add(null, EntriesAfter(default, 2));
        one.Complete(OldConfiguration.Group, DateTimeOffset.UnixEpoch);
        var written = File.ReadAllBytes(Folder["backup"]);
        other.Add(null, EntriesAfter(default, 3));

        Assert.Contains("replaces no file", Assert.Throws<StoreException>(
            () => other.Complete(OldConfiguration.Group, DateTimeOffset.UnixEpoch)).Message);
        Assert.Contains("replaces no file", Assert.Throws<StoreException>(() => WriterOf("backup")).Message);
        Assert.Equal(written, File.ReadAllBytes(Folder["backup"]));
    }

    public static TheoryData<string> Contradictions =>
        ["a gap of indexes", "a gap of serials", "a lower term", "an earlier time", "a gap in a snapshot", "too large a piece"];

    [Theory]
    [MemberData(nameof(Contradictions))]
    public void Parts_that_contradict_those_before_are_refused(string what)
    {
        using var writer = WriterOf("backup");
        var snapshot = SnapshotOf(10);
        Add(writer, snapshot);
        var entries = EntriesAfter(snapshot.Position, 3).ToArray();
        var other = PieceOf(snapshot with { Position = snapshot.Position with { Index = new LogIndex(20) } }, 2, StateOf(10));
        LogSlice some = what switch
        {
            "a gap of indexes" => [.. entries[1..]],
            "a gap of serials" => [entries[0], entries[1] with { Serial = entries[1].Serial.Next }],
            "a lower term" => [entries[0] with { Term = new Term(5) }, entries[1]],
            "an earlier time" => [entries[0] with { Time = new LogTime(1) }],
            _ => default,
        };
        var piece = what switch
        {
            "a gap in a snapshot" => other with { Place = 4 },
            "too large a piece" => other with { SessionCount = 0, KeyCount = 0, Place = 0, Data = new byte[11] },
            _ => null,
        };

        Assert.Contains("The process sent ", Assert.Throws<InvalidDataException>(() => writer.Add(piece, some)).Message);
    }

    [Fact]
    public void Chain_with_a_missing_swapped_or_other_middle_is_refused()
    {
        var (full, end) = Write("full", SnapshotOf(10), entries: 4);
        var (one, afterOne) = Write("one", null, 3, end);
        var (other, afterOther) = Write("other", null, 3, end, valueSize: 2);
        var (two, afterTwo) = Write("two", null, 3, afterOne);
        var (three, last) = Write("three", null, 3, afterTwo);

        // Only the hash of all entries tells them apart.
        Assert.Equal(afterOne with { Hash = 0 }, afterOther with { Hash = 0 });
        Assert.All(
            (string[][])[[full, two, three], [full, one, three], [full, two, one], [full, one, one], [full, other, two], [full, full]],
            chain =>
            {
                var refusal = Assert.Throws<StoreException>(() => Restore(chain));
                Assert.Contains("each with the one that it continues before it", refusal.Message);
                Assert.False(Directory.Exists(Folder["store"]));
            });
        Assert.Equal(last, Restore([full, one, two, three]));
    }

    [Theory]
    [InlineData("begins after 12/3 s9")]
    [InlineData("of group 99999999")]
    [InlineData("continues another backup")]
    [InlineData("begins after 9/2 s7")]
    public void Files_that_do_not_follow_each_other_are_refused(string why)
    {
        var (full, end) = Write("full", SnapshotOf(10), entries: 4);
        var (second, _) = why switch
        {
            "begins after 12/3 s9" => Write("second", null, 2, end with { Index = new LogIndex(12), Serial = new Serial(9) }),
            "of group 99999999" => Write("second", null, 2, end, uid: new GroupUid(Guid.NewGuid())),
            "begins after 9/2 s7" => Write("second", SnapshotOf(10), 4),
            _ => Write("second", null, 2, end),
        };

        Assert.Contains(why, Assert.Throws<StoreException>(
            () => Restore(why == "continues another backup" ? [second] : [full, second])).Message);
        Assert.False(Directory.Exists(Folder["store"]));
    }

    [Fact]
    public void Restored_group_keeps_the_maximum_of_voters_of_the_backup()
    {
        List<int> told = [];
        RestorePlan PlanOf(RestoredContent content)
        {
            told.Add(content.MaxQuorum);
            return new RestorePlan(Plan.Id, content, [Self]);
        }

        void RestoreTo(string store, params string[] paths) => RestoredStore.Write(
            new StoreOptions { Directory = Folder[store] }, Self, PlanOf, paths, Now);

        var snapshot = SnapshotOf(10) with { Configuration = OldConfiguration with { MaxQuorum = 5 } };
        var (bare, end) = Write("bare", snapshot, entries: 0);
        RestoreTo("one", bare);
        RestoreTo("two", Write("entries", snapshot, entries: 2, maxQuorum: 3).Path);
        RestoreTo("three", bare, Write("later", null, entries: 1, continues: end, maxQuorum: 7).Path);

        Assert.Equal([5, 3, 7], told);
        Assert.Contains("odd and from 3 to 11", Assert.Throws<StoreException>(
            () => new RestorePlan(Plan.Id, Content with { MaxQuorum = 4 }, [Self])).Message);
    }

    [Fact]
    public void Clock_that_is_behind_the_backup_is_refused()
    {
        var noon = DateTimeOffset.UnixEpoch.AddHours(12);
        var (path, _) = Write("backup", SnapshotOf(10), entries: 2, at: noon);

        Assert.Contains(
            "Correct the clock", Assert.Throws<StoreException>(() => Restore([path], noon.AddSeconds(-1))).Message);
        Restore([path], noon);
    }

    [Fact]
    public void Member_that_is_not_named_and_one_that_has_a_store_are_refused()
    {
        var (path, _) = Write("backup", SnapshotOf(10), entries: 2);

        Assert.Contains("is not among the members", Assert.Throws<StoreException>(() => RestoredStore.Write(
            new StoreOptions { Directory = Folder["store"] }, new ProcessName("a@n9"), _ => Plan, [path], Now)).Message);
        Restore([path]);
        Assert.Contains("already", Assert.Throws<StoreException>(() => Restore([path])).Message);
    }

    // Null: it is refused, with a message that names the file. Otherwise all that a restore takes from it.
    private static string? ContentOf(string path)
    {
        try
        {
            using BackupFile backup = new(path);
            using var snapshot = backup.OpenSnapshot();
            var entries = backup.Pages().SelectMany(page => page).Select(entry =>
                $"{entry.Index}/{entry.Term} s{entry.Serial} {entry.Time} {entry.Key}={Convert.ToHexString(entry.Value.Span)} "
                + entry.Configuration);
            return $"{backup.Owner} {backup.Uid} {backup.At} {backup.IsIncremental} {backup.Start} {backup.End} {snapshot?.Snapshot} "
                + Convert.ToHexString(snapshot?.TryRead(0, int.MaxValue) ?? []) + string.Join("; ", entries);
        }
        catch (StoreException e)
        {
            Assert.Contains(path, e.Message);
            Assert.EndsWith(".", e.Message);
            return null;
        }
    }

    private enum Place
    {
        Bookkeeping,
        Segment,
        Manifest,
    }

    // The purpose of each byte of a zip. The checksum of the manifest counts as the manifest.
    private static Place[] PlacesOf(byte[] zip)
    {
        const int header = 30;
        var places = new Place[zip.Length];
        using ZipArchive archive = new(new MemoryStream(zip));
        var end = 0;
        foreach (var entry in archive.Entries)
        {
            var start = end + header + entry.FullName.Length;
            end = start + (int)entry.CompressedLength;
            places.AsSpan(start..end).Fill(entry.Name == ManifestName ? Place.Manifest : Place.Segment);
        }

        places.AsSpan(^archive.Comment.Length..).Fill(Place.Manifest);
        return places;
    }

    private string RefusalOf(string name) => Assert.Throws<StoreException>(() => Restore([Folder[name]])).Message;

    // Makes a backup as an attacker can: the checksum of its manifest is right.
    private void Forge(
        Action<Dictionary<string, byte[]>, SortedDictionary<string, BackupManifest.Written>> change, Func<string, string>? rewrite = null)
    {
        var (path, _) = Write("backup", SnapshotOf(10), entries: 3);
        Dictionary<string, byte[]> files = [];
        using (var from = ZipFile.OpenRead(path))
        {
            foreach (var entry in from.Entries)
            {
                using var content = entry.Open();
                files[entry.FullName] = new byte[entry.Length];
                content.ReadExactly(files[entry.FullName]);
            }
        }

        files.Remove(ManifestName, out var text);
        var manifest = JsonSerializer.Deserialize(text, ManifestJson.Default.BackupManifest)!;
        change(files, manifest.Files);
        text = Encoding.UTF8.GetBytes(rewrite?.Invoke(JsonSerializer.Serialize(manifest, ManifestJson.Default.BackupManifest))
            ?? JsonSerializer.Serialize(manifest, ManifestJson.Default.BackupManifest));
        using var zip = ZipFile.Open(Folder["forged"], ZipArchiveMode.Create);
        zip.Comment = Convert.ToHexStringLower(SHA256.HashData(text));
        foreach (var (name, bytes) in files.Append(new(ManifestName, text)))
        {
            using var content = zip.CreateEntry(name).Open();
            content.Write(bytes);
        }
    }

    private void Change(string name, Action<ZipArchive> change)
    {
        using var zip = ZipFile.Open(Folder[name], ZipArchiveMode.Update);
        change(zip);
    }

    private LogPosition Restore(string[] paths, DateTimeOffset? now = null) =>
        RestoredStore.Write(new StoreOptions { Directory = Folder["store"] }, Self, _ => Plan, paths, now ?? Now);

    private static GroupUid GroupOf(string members, int maximum) => new RestorePlan(
        Plan.Id, Content with { MaxQuorum = maximum }, members.Split(' ').Select(name => new ProcessName(name))).Configuration.Group;

    private GroupUid RestoredGroupOf(string store, string[] paths)
    {
        StoreOptions options = new() { Directory = Folder[store] };
        RestoredStore.Write(options, Self, content => new RestorePlan(Plan.Id, content, [Self]), paths, Now);
        return Open(StoreDirectory.Open(options)).Found.State.HardState.Group;
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

    private static LogSlice EntriesAfter(LogPosition position, int count, int maxQuorum = QuorumSize.Max, int valueSize = 1)
    {
        var (index, serial) = (position.Index.Value, position.Serial.Value);
        Payload.Reconfigure change = new(OldConfiguration with { MaxQuorum = maxQuorum });
        List<LogEntry> entries = [];
        for (var number = 0; number < count; number++)
        {
            var entry = number == 0
                ? new LogEntry(new LogIndex(index + 1), new Term(3), new Serial(serial), change)
                : new LogEntry(
                    new LogIndex(index + 1 + number), new Term(3), new Serial(serial + number), null, $"key{number}", new byte[valueSize]);
            entries.Add(entry with { Time = new LogTime(position.Time.Milliseconds + number) });
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

    private static Member Session => OldConfiguration.Voters[0];

    private static Snapshot SnapshotOf(int stateSize) => new(
        new LogPosition(new LogIndex(9), new Term(2), new Serial(7), 77, new LogTime(5000)),
        new LogIndex(1),
        OldConfiguration,
        [new SessionState(Session, 1, Serial.Zero, [])],
        stateSize)
    {
        Keys = new KeyTable(Serial.Zero, [new CommittedKey(new RequestKeyHash(Guid.Empty), new LogIndex(8), new Serial(6))]),
    };

    private static byte[] StateOf(int size) => [.. Enumerable.Range(0, size).Select(at => (byte)at)];

    private static Message.SnapshotChunk PieceOf(Snapshot snapshot, long place, byte[] state) =>
        new(
            snapshot with { Sessions = [], Keys = snapshot.Keys with { Keys = [] } },
            1,
            place,
            place == 0 ? snapshot.Sessions : [],
            state,
            default,
            0)
        {
            KeyCount = 1,
            Keys = place == 1 ? snapshot.Keys.Keys : [],
        };

    private static void Add(BackupWriter writer, Snapshot snapshot)
    {
        writer.Add(PieceOf(snapshot, 0, []), default);
        writer.Add(PieceOf(snapshot, 1, []), default);
        var place = 2;
        foreach (var piece in snapshot.Length == 0 ? [[]] : StateOf((int)snapshot.Length).Chunk(70_000))
        {
            writer.Add(PieceOf(snapshot, place, piece), default);
            place += piece.Length;
        }
    }

    private BackupWriter WriterOf(string name, LogPosition? continues = null) =>
        new(Folder[name], new StoreOwner("g", Self), continues);

    private (string Path, LogPosition End) Write(
        string name,
        Snapshot? snapshot,
        int entries,
        LogPosition? continues = null,
        GroupUid? uid = null,
        int maxQuorum = QuorumSize.Max,
        int valueSize = 1,
        DateTimeOffset? at = null)
    {
        using var writer = WriterOf(name, continues);
        if (snapshot is not null)
        {
            Add(writer, snapshot);
        }

        writer.Add(null, EntriesAfter(writer.Position, entries, maxQuorum, valueSize));
        writer.Complete(uid ?? OldConfiguration.Group, at ?? DateTimeOffset.UnixEpoch);
        return (Folder[name], writer.Position);
    }
}
