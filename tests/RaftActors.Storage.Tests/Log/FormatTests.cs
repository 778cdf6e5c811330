using System.Buffers.Binary;

using RaftActors.Core;
using RaftActors.Core.Codec;
using RaftActors.Storage.Log;
using RaftActors.Testing.DiskModel;

namespace RaftActors.Storage.Tests.Log;

/// <summary>The bytes on disk, so that a change of the format fails a test.</summary>
public sealed class FormatTests
{
    private const uint Seed = 0x12345678;

    private static readonly Guid Identity = new("00112233-4455-6677-8899-aabbccddeeff");

    [Fact]
    public void Segment_header_has_the_documented_bytes()
    {
        var bytes = new byte[SegmentHeader.Size];
        var header = new SegmentHeader(7, Identity, 4000, 120);
        header.Write(bytes);

        Assert.Equal(
            "526166744C6F670A" + "0100" + "4000" + "SUM1" + "0700000000000000" + "33221100554477668899AABBCCDDEEFF"
                + "A00F000000000000" + "7800000000000000" + "0000000000000000",
            Hex(bytes, 12, "SUM1"));
        Assert.Equal(header, SegmentHeader.Read(bytes, "file"));
    }

    [Fact]
    public void Batch_header_has_the_documented_bytes()
    {
        var bytes = new byte[BatchHeader.Size];
        var header = new BatchHeader(100, 3, 64, 9);
        header.Write(bytes, Seed, 64);

        Assert.Equal("42544348" + "SUM1" + "64000000" + "03000000" + "4000000000000000" + "0900000000000000", Hex(bytes, 4, "SUM1"));
        Assert.Equal(header, BatchHeader.Read(bytes));
    }

    [Fact]
    public void Record_header_has_the_documented_bytes()
    {
        var bytes = new byte[RecordHeader.Size];
        var header = new RecordHeader(0xAABBCCDD, 50, RecordType.Entry, 5, 10, 11, 12);
        header.Write(bytes, Seed, 96);

        Assert.Equal(
            "SUM1" + "DDCCBBAA" + "32000000" + "05" + "00" + "0500" + "0A00000000000000" + "0B00000000000000" + "0C00000000000000",
            Hex(bytes, 0, "SUM1"));
        Assert.Equal(header, RecordHeader.Read(bytes));
    }

    [Fact]
    public void Header_at_another_offset_or_of_another_segment_is_refused()
    {
        var bytes = new byte[BatchHeader.Size];
        var (here, there) = (new SegmentHeader(1, Identity, 0, 64).Seed, new SegmentHeader(2, Identity, 0, 64).Seed);
        new BatchHeader(104, 3, 64, 9).Write(bytes, here, 64);

        Assert.True(BatchHeader.Stands(bytes, here, 64));
        Assert.False(BatchHeader.Stands(bytes, here, 72));
        Assert.False(BatchHeader.Stands(bytes, there, 64));
    }

    [Theory]
    [InlineData(24, 3, 64, 9)]
    [InlineData(100, 3, 64, 9)]
    [InlineData(-8, 3, 64, 9)]
    [InlineData(104, -1, 64, 9)]
    [InlineData(104, 3, 65, 9)]
    [InlineData(104, 3, -1, 9)]
    [InlineData(104, 3, 64, -1)]
    [InlineData(104, 3, 64, long.MaxValue)]
    public void Header_with_numbers_that_no_writer_writes_is_refused(int length, int records, long synced, long before)
    {
        var (bytes, seed) = (new byte[BatchHeader.Size], new SegmentHeader(1, Identity, 0, 64).Seed);

        new BatchHeader(length, records, synced, before).Write(bytes, seed, 64);

        Assert.False(BatchHeader.Stands(bytes, seed, 64));
    }

    [Theory]
    [InlineData(-1, 64)]
    [InlineData(8, 64)]
    [InlineData(long.MaxValue, 64)]
    [InlineData(64, -1)]
    [InlineData(64, long.MinValue)]
    public void Segment_with_sizes_that_no_writer_writes_is_damaged(long previousEnd, long born)
    {
        var bytes = new byte[SegmentHeader.Size];

        new SegmentHeader(2, Identity, previousEnd, born).Write(bytes);

        Assert.Throws<StoreDamagedException>(() => SegmentHeader.Read(bytes, "file"));
    }

    [Fact]
    public void Entries_and_hard_state_are_read_with_every_field()
    {
        var life = new Life(new ModelDisk());
        WriteAllKinds(life);

        var found = new Life(life.Cut()).Open();

        Assert.Equal(AllKinds().Select(entry => entry.ToString()), found.State.Log.Skip(1).Select(entry => entry.ToString()));
        var pair = Assert.IsType<Payload.Pair>(found.State.Log[4].Payload);
        Assert.Equal(new RequestId(Member(1), long.MaxValue), pair.Request);
        Assert.Equal("Größe 漢字 😀", pair.Key);
        Assert.Equal(Life.Bytes(33, 9), pair.Value.ToArray());
        Assert.Equal(FullState().ToString(), found.State.HardState.ToString());
        Assert.Equal(FullState().Recorded.ToArray(), found.State.HardState.Recorded.ToArray());
        Assert.Equal(FullState().Roster.ToArray(), found.State.HardState.Roster.ToArray());
    }

    [Fact]
    public void Pair_with_a_request_key_has_the_documented_bytes()
    {
        var pair = new Payload.KeyedPair(new RequestKeyHash(Identity), new RequestId(Member(1), 7), "k", new byte[] { 9 });
        var entry = new LogEntry(new LogIndex(1), new Term(1), new Serial(1), pair);
        var writer = new ByteWriter();

        EntryFormat.WritePayload(writer, entry);

        var origin = "0B" + Convert.ToHexString("raft1@node1"u8) + "01000000000000000000000000000007" + "07";
        Assert.Equal(
            "04" + origin + Convert.ToHexString(Identity.ToByteArray()) + "016B" + "0109", Convert.ToHexString(writer.Written));
    }

    [Fact]
    public void Pair_with_a_request_key_is_read_with_every_field()
    {
        var life = new Life(new ModelDisk());
        var pair = new Payload.KeyedPair(new RequestKeyHash(Identity), new RequestId(Member(1), 7), "k", Life.Bytes(33, 9));
        life.Open("a", Life.Entry(1, 0));
        life.Ask("a", ticket => new Effect.Persist(ticket, null, [new(new LogIndex(2), new Term(1), new Serial(2), pair)]));
        life.Directory.WriteQueued();

        var found = Assert.IsType<Payload.KeyedPair>(new Life(life.Cut()).Open().State.Log[1].Payload);

        Assert.Equal((pair.RequestKey, pair.Request, pair.Key), (found.RequestKey, found.Request, found.Key));
        Assert.Equal(pair.Value.ToArray(), found.Value.ToArray());
    }

    private static void WriteAllKinds(Life life)
    {
        life.Open("a", Life.Entry(1, 0));
        life.Ask("a", ticket => new Effect.Persist(ticket, FullState(), [.. AllKinds()]));
        life.Directory.WriteQueued();
    }

    private static LogEntry[] AllKinds() =>
    [
        new(new LogIndex(2), new Term(1), new Serial(1), Payload.NoOp.Instance),
        new(new LogIndex(3), new Term(2), new Serial(1), new Payload.Reconfigure(new Configuration(
            new GroupUid(Identity), 3, [Member(1), Member(2)], [Member(1)], [Member(3)],
            [new FoundingSerial(Member(1).Name, new Serial(4))]))),
        new(new LogIndex(4), new Term(2), new Serial(2), new Payload.Pair(null, "", ReadOnlyMemory<byte>.Empty)),
        new(new LogIndex(5), new Term(2), new Serial(3), new Payload.Pair(
            new RequestId(Member(1), long.MaxValue), "Größe 漢字 😀", Life.Bytes(33, 9))),
    ];

    private static HardState FullState() =>
        new(new Term(2), Member(2), [new PeerRecord(Member(2), new Boot(3, ulong.MaxValue)), new PeerRecord(Member(3), default)])
        {
            IsAdmitted = true,
            Group = new GroupUid(Identity),
            Boot = new Boot(5, 77),
            Fence = new Fence.Diverged(new Serial(6)),
            Roster = [Member(1).Name, Member(2).Name, Member(3).Name],
        };

    private static Member Member(int number) =>
        new(new ProcessName($"raft{number}@node{number}"), new Incarnation(new Guid(number, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7)));

    /// <summary>The bytes as text. A name stands for each checksum; reading the log checks those.</summary>
    private static string Hex(byte[] bytes, int checksumAt, string name)
    {
        Assert.NotEqual(0u, BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(checksumAt)));
        return Convert.ToHexString(bytes, 0, checksumAt) + name + Convert.ToHexString(bytes, checksumAt + 4, bytes.Length - checksumAt - 4);
    }
}
