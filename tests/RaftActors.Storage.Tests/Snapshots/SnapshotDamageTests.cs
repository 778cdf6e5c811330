using System.Buffers.Binary;

using static RaftActors.Storage.Tests.Snapshots.SnapshotSamples;

namespace RaftActors.Storage.Tests.Snapshots;

public sealed class SnapshotDamageTests
{
    private const int Block = 64 << 10;
    private const int VersionOffset = 8;

    [Fact]
    public void Each_bit_that_flips_after_opening_is_detected_when_it_is_read()
    {
        var snapshot = Of(10, 200);
        var disk = new ModelDisk(ImageWith(snapshot)) { IsRecording = false };
        var folder = Open(disk);
        using var file = disk.Open(PathOf(10));
        var bytes = disk.Now.Files[PathOf(10)];
        const int state = SnapshotFormat.HeaderSize;

        Assert.All(Enumerable.Range(0, 8 * 200), bit =>
        {
            var offset = state + (bit / 8);
            file.Write(offset, [(byte)(bytes[offset] ^ (1 << (bit % 8)))]);
            Assert.Throws<StoreDamagedException>(() => folder.Read(snapshot.Position, 100, 1));
            file.Write(offset, [bytes[offset]]);
        });
        AssertHolds(folder, snapshot);
    }

    [Fact]
    public void Each_wrong_length_of_the_file_is_detected_at_opening()
    {
        var whole = ImageWith(Of(10, 50));
        var file = whole.Files[PathOf(10)];

        Assert.All(Enumerable.Range(0, file.Length), length => AssertDamaged(whole.With(PathOf(10), file[..length])));
        AssertDamaged(whole.With(PathOf(10), [.. file, 0]));
    }

    [Fact]
    public void Damage_is_reported_with_its_offset_and_both_checksums()
    {
        var whole = ImageWith(Of(10, (2 * Block) + 100));
        var file = whole.Files[PathOf(10)];

        var damage = AssertDamaged(whole.With(PathOf(10), Flipped(file, SnapshotFormat.HeaderSize + Block + 17)));

        Assert.EndsWith(PathOf(10), damage.File);
        Assert.Equal(SnapshotFormat.HeaderSize + Block, damage.Offset);
        var (expected, found) = Assert.NotNull(damage.Checksum);
        Assert.NotEqual(expected, found);
        Assert.Equal("block 1 of the state is not what was written", damage.What);
    }

    [Fact]
    public void Intact_blocks_of_a_damaged_snapshot_are_still_read()
    {
        var snapshot = Of(10, 3 * Block);
        var disk = new ModelDisk(ImageWith(snapshot));
        var folder = Open(disk);
        using var file = disk.Open(PathOf(10));
        file.Write(SnapshotFormat.HeaderSize + (2 * Block) - 1, new byte[1]);

        Assert.Equal(StateOf(snapshot)[..Block], folder.Read(snapshot.Position, 0, Block).ToArray());
        Assert.Equal(StateOf(snapshot)[(2 * Block)..], folder.Read(snapshot.Position, 2 * Block, Block).ToArray());
        Assert.Throws<StoreDamagedException>(() => folder.Read(snapshot.Position, Block, Block));
        Assert.Throws<StoreDamagedException>(() => folder.Read(snapshot.Position, Block - 1, 2));
    }

    [Fact]
    public void Swapped_blocks_are_detected_even_with_their_checksums()
    {
        var whole = ImageWith(Of(10, 2 * Block));
        var file = whole.Files[PathOf(10)].ToArray();
        var state = file.AsSpan(SnapshotFormat.HeaderSize);
        var checksums = file.AsSpan(^8..);
        Swap(state[..Block], state[Block..(2 * Block)]);
        Swap(checksums[..4], checksums[4..]);

        Assert.Equal("block 0 of the state is not what was written", AssertDamaged(whole.With(PathOf(10), file)).What);
    }

    [Fact]
    public void Blocks_of_another_snapshot_are_detected_even_with_their_checksums()
    {
        var whole = ImageWith(Of(10, Block));
        var other = ImageWith(Of(11, Block));
        var (file, foreign) = (whole.Files[PathOf(10)].ToArray(), other.Files[PathOf(11)]);
        foreign.AsSpan(SnapshotFormat.HeaderSize, Block).CopyTo(file.AsSpan(SnapshotFormat.HeaderSize));
        foreign.AsSpan(^4..).CopyTo(file.AsSpan(^4..));

        Assert.Equal("block 0 of the state is not what was written", AssertDamaged(whole.With(PathOf(10), file)).What);
    }

    [Fact]
    public void Snapshot_under_the_name_of_another_is_refused()
    {
        var whole = ImageWith(Of(10, 50));

        var damage = AssertDamaged(whole.Without(PathOf(10)).With(PathOf(11), whole.Files[PathOf(10)]));

        Assert.Equal("it holds the snapshot up to 10/3 s9, which contradicts its name", damage.What);
    }

    [Fact]
    public void Snapshot_of_another_process_is_refused()
    {
        var disk = new ModelDisk(ImageWith(Of(10, 50)));
        var folder = new SnapshotFolder(disk, Folder, Owner with { Group = "shop" });

        var error = Assert.Throws<StoreDamagedException>(() => folder.Reconcile([]));

        Assert.Contains($"belongs to {Owner}, not to {Owner.Name} of group shop.", error.Message);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void Snapshot_of_an_unknown_level_is_refused_with_its_level(ushort level)
    {
        var whole = ImageWith(Of(10, 50));
        var file = whole.Files[PathOf(10)].ToArray();
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(VersionOffset), level);

        var error = Assert.Throws<StoreException>(() => Open(new ModelDisk(whole.With(PathOf(10), file))));

        Assert.Contains($"has format level {level}, and this program reads levels 1 to 2. Use the program", error.Message);
    }

    [Fact]
    public void Damaged_earlier_snapshot_is_left_out_with_a_note_and_deleted_by_a_discard()
    {
        var whole = ImageWith(Of(10, 50), Of(20, 50));
        var disk = new ModelDisk(whole.With(PathOf(10), Flipped(whole.Files[PathOf(10)], 30)));

        var folder = Open(disk);

        Assert.Equal([20], IndexesOf(folder));
        Assert.Contains(NameOf(10), Assert.Single(folder.Notes));
        folder.DeleteBefore(new LogIndex(10));
        Assert.Equal([NameOf(10), NameOf(20)], disk.List(Folder));
        folder.DeleteBefore(new LogIndex(11));
        Assert.Equal([NameOf(20)], disk.List(Folder));
    }

    [Fact]
    public void Damaged_latest_snapshot_is_not_replaced_by_an_earlier_one()
    {
        var whole = ImageWith(Of(10, 50), Of(20, 50));

        AssertDamaged(whole.With(PathOf(20), Flipped(whole.Files[PathOf(20)], 30)));
        AssertDamaged(whole.With(PathOf(20), Flipped(whole.Files[PathOf(20)], whole.Files[PathOf(20)].Length - 1)));
    }

    [Fact]
    public void Damaged_snapshot_does_not_matter_after_a_later_installed_one()
    {
        var disk = new ModelDisk(ImageWith(Of(10, 50)));
        var folder = Open(disk);
        folder.Write(Of(20, 50), 0, StateOf(Of(20, 50)));
        folder.FinishIncoming(Of(20, 50));
        var damaged = disk.Now.With(PathOf(10), Flipped(disk.Now.Files[PathOf(10)], 30));

        Assert.Equal([20], IndexesOf(Open(new ModelDisk(damaged), installed: 20)));
        AssertDamaged(damaged);
    }

    [Fact]
    public void Read_error_is_not_reported_as_damage()
    {
        var atOpening = new ModelDisk(ImageWith(Of(10, 50)));
        var later = new ModelDisk(ImageWith(Of(10, 50)));
        atOpening.Fail(DiskFault.Read);
        var folder = Open(later);
        later.Fail(DiskFault.Read);

        Assert.Contains("cannot be read", Assert.Throws<StoreException>(() => Open(atOpening)).Message);
        Assert.Contains("cannot be read", Assert.Throws<StoreException>(() => folder.Read(Of(10, 0).Position, 0, 1)).Message);
    }

    private static DiskImage ImageWith(params Snapshot[] snapshots)
    {
        var disk = new ModelDisk();
        var folder = Open(disk);
        foreach (var snapshot in snapshots)
        {
            folder.Save(snapshot.Position.Index.Value, snapshot.Length);
        }

        return disk.Now;
    }

    private static StoreDamage AssertDamaged(DiskImage image) =>
        Assert.Throws<StoreDamagedException>(() => Open(new ModelDisk(image))).Damage;

    private static byte[] Flipped(byte[] file, int offset)
    {
        byte[] flipped = [.. file];
        flipped[offset] ^= 0x10;
        return flipped;
    }

    private static void Swap(Span<byte> one, Span<byte> other)
    {
        var kept = one.ToArray();
        other.CopyTo(one);
        kept.CopyTo(other);
    }
}
