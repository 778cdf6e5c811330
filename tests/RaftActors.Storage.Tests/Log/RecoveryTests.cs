namespace RaftActors.Storage.Tests.Log;

/// <summary>Opens logs whose writer died, and logs with changed bytes.</summary>
public sealed class RecoveryTests
{
    [Fact]
    public void Torn_write_is_cut_off_whole_and_a_note_says_where_it_was()
    {
        var before = Written(Life.Entry(1));
        var end = EndOf(before.Disk);
        before.Write("a", Life.Entry(2), Life.Entry(3), Life.Entry(4));
        var whole = EndOf(before.Disk);
        for (var torn = end + 1; torn < whole - 8; torn++)
        {
            var disk = Life.Change(before.Kill(), Life.FileOf(1), bytes => bytes.AsSpan(torn).Clear());
            var found = new Life(disk).Open();

            Assert.Equal("0: 1/1", Life.Text(found));
            var note = Assert.Single(found.Notes);
            Assert.Contains($"model:/{Life.FileOf(1)} at {end}", note);
        }
    }

    [Fact]
    public void New_store_write_and_closing_survive_a_power_cut()
    {
        var life = new Life(new ModelDisk());
        life.Open("a", Life.Entry(1, 0));
        Assert.Equal("0: 1/0", Life.Text(new Life(life.Cut()).Open()));

        life.Write("a", Life.Entry(2));
        Assert.Equal("0: 1/0 2/1", Life.Text(new Life(life.Cut()).Open()));

        life.Queue("a", Life.Entry(3));
        life.Directory.Dispose();
        Assert.Equal("0: 1/0 2/1 3/1", Life.Text(new Life(life.Cut()).Open()));
    }

    [Fact]
    public void Log_without_a_torn_end_has_no_notes() => Assert.Empty(new Life(Written(Life.Entry(1)).Cut()).Open().Notes);

    [Fact]
    public void Bad_byte_before_a_recorded_sync_is_damage_with_file_offset_index_and_checksums()
    {
        var life = Written(Life.Entry(1), Life.Entry(2));
        var (sound, place) = (life.Write("a", Life.Entry(3)).Kill(), 0);
        var disk = Life.Change(sound, Life.FileOf(1), bytes => bytes[place = FindValue(bytes, 2)] ^= 1);

        var damage = Assert.Throws<StoreDamagedException>(() => new Life(disk).Open()).Damage;

        Assert.Equal("model:/" + Life.FileOf(1), damage.File);
        Assert.Equal(new LogIndex(2), damage.Index);
        Assert.InRange(damage.Offset, place - 64, place - RecordHeader.Size);
        var (expected, found) = Assert.NotNull(damage.Checksum);
        Assert.NotEqual(expected, found);
    }

    [Fact]
    public void Bad_byte_under_an_entry_that_is_read_back_is_damage_with_its_index()
    {
        var life = Written(Life.Entry(1), Life.Entry(2), Life.Entry(3));
        using (var file = life.Disk.Open(Life.FileOf(1)))
        {
            file.Write(FindValue(life.Disk.Now.Files[Life.FileOf(1)], 2), [255]);
        }

        Assert.Equal(new LogIndex(1), Assert.Single(life.StoreOf().ReadLog(new LogIndex(1), new LogIndex(1))).Index);
        var damage = Assert.Throws<StoreDamagedException>(() => life.StoreOf().ReadLog(new LogIndex(2), new LogIndex(3))).Damage;
        Assert.Equal(("model:/" + Life.FileOf(1), new LogIndex(2)), (damage.File, damage.Index));
    }

    [Fact]
    public void Bad_byte_is_damage_before_a_seal_and_a_torn_tail_without_one()
    {
        var unsealed = Written(Life.Entry(1)).Write("a", Life.Entry(2));
        var torn = Life.Change(unsealed.Kill(), Life.FileOf(1), bytes => bytes[FindValue(bytes, 2)] ^= 1);
        Assert.Equal("0: 1/1", Life.Text(new Life(torn).Open()));

        unsealed.Directory.Seal();
        var damaged = Life.Change(unsealed.Kill(), Life.FileOf(1), bytes => bytes[FindValue(bytes, 2)] ^= 1);
        Assert.Throws<StoreDamagedException>(() => new Life(damaged).Open());
    }

    [Fact]
    public void Damaged_store_lets_the_others_open_and_keeps_its_segments()
    {
        var life = new Life(new ModelDisk());
        life.Open("a");
        life.Open("b");
        life.Write("a", Life.Entry(1)).Write("b", Life.Entry(1, 1, 21));
        var disk = Life.Change(life.Close(), Life.FileOf(1), bytes => bytes[FindValue(bytes, 1)] ^= 1);

        var next = new Life(disk);
        Assert.Throws<StoreDamagedException>(() => next.Open("a"));
        Assert.Equal("0: 1/1", Life.Text(next.Open("b")));
        for (var i = 2; i < 200; i++)
        {
            next.Write("b", Life.Entry(i, 1, 100));
        }

        next.Discard("b", 199);
        var last = new Life(next.Close());
        Assert.Throws<StoreDamagedException>(() => last.Open("a"));
        Assert.Equal("199:", Life.Text(last.Open("b")));
        Assert.Contains(Life.FileOf(1), last.Disk.Now.Files.Keys);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void Segment_of_an_unknown_level_is_refused_with_its_level(byte level)
    {
        var disk = Life.Change(Written(Life.Entry(1)).Close(), Life.FileOf(1), bytes =>
        {
            bytes[8] = level;
            var sum = RaftActors.Core.Codec.Crc32C.Append(
                RaftActors.Core.Codec.Crc32C.Of(bytes.AsSpan(0, 12)), bytes.AsSpan(16, 48));
            BitConverter.TryWriteBytes(bytes.AsSpan(12), sum);
        });

        var refusal = Assert.Throws<StoreException>(() => new Life(disk));
        Assert.Contains($"has format level {level}, and this program reads levels 1 to 2. Use the program", refusal.Message);
    }

    [Fact]
    public void Missing_segment_is_refused_with_its_name()
    {
        var disk = ThreeSegments();
        foreach (var missing in new[] { 1, 2 })
        {
            var refusal = Assert.ThrowsAny<StoreException>(() => new Life(new ModelDisk(disk.Now.Without(Life.FileOf(missing)))).Open());
            Assert.Contains("missing", refusal.Message);
        }
    }

    [Fact]
    public void Segment_of_another_log_and_a_file_of_another_program_are_refused()
    {
        var disk = ThreeSegments();

        // The other files on the disk give this log another identity.
        var other = ThreeSegments(new ModelDisk(DiskImage.Empty.With("other/x", [1]) with { Folders = ["other"] }));
        Assert.Equal(new Life(other).Open().State.Log.Length, new Life(disk).Open().State.Log.Length);
        foreach (var segment in new[] { disk.Now.Files[Life.FileOf(1)], other.Now.Files[Life.FileOf(2)] })
        {
            var foreign = new ModelDisk(disk.Now.With(Life.FileOf(2), segment));
            Assert.Contains("does not belong", Assert.Throws<StoreException>(() => new Life(foreign)).Message);
        }

        foreach (var file in new[] { "holiday.jpg", "log/0000000001.wal.old", "log/1.wal" })
        {
            var refusal = Assert.Throws<StoreException>(() => new Life(new ModelDisk(disk.Now.With(file, [1]))));
            Assert.Contains($"model:/{file} does not belong to a store", refusal.Message);
        }
    }

    private static Life Written(params LogEntry[] entries)
    {
        var life = new Life(new ModelDisk());
        life.Open();
        return life.Write("a", entries);
    }

    private static ModelDisk ThreeSegments(ModelDisk? disk = null)
    {
        var life = new Life(disk ?? new ModelDisk());
        life.Open();
        for (var i = 1; !life.Disk.Now.Files.ContainsKey(Life.FileOf(3)); i++)
        {
            life.Write("a", Life.Entry(i, 1, 200));
        }

        return life.Close();
    }

    private static int EndOf(ModelDisk disk) =>
        (int)RecordHeader.Padded(disk.Now.Files[Life.FileOf(1)].AsSpan().LastIndexOfAnyExcept((byte)0) + 1);

    /// <summary>The offset of an entry's value: 20 bytes or more that repeat its index.</summary>
    private static int FindValue(byte[] bytes, byte index) => bytes.AsSpan().IndexOf(Life.Bytes(20, index));
}
