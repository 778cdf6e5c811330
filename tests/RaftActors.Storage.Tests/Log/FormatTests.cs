using System.Buffers.Binary;

using RaftActors.Core.Codec;

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
    public void Pair_with_a_request_key_has_the_documented_bytes()
    {
        var pair = new Payload.KeyedPair(new RequestKeyHash(Identity), new RequestId(Member(1), 7), "k", new byte[] { 9 });
        var entry = new LogEntry(new LogIndex(1), new Term(1), new Serial(1), pair) { Time = new LogTime(300) };
        var writer = new ByteWriter();

        EntryFormat.WritePayload(writer, entry);

        var origin = "0B" + Convert.ToHexString("raft1@node1"u8) + "01000000000000000000000000000007" + "07";
        Assert.Equal(
            "AC02" + "04" + origin + Convert.ToHexString(Identity.ToByteArray()) + "016B" + "0109", Convert.ToHexString(writer.Written));
    }

    private static Member Member(int number) =>
        new(new ProcessName($"raft{number}@node{number}"), new Incarnation(new Guid(number, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7)));

    /// <summary>The bytes as text. A name stands for each checksum; reading the log checks those.</summary>
    private static string Hex(byte[] bytes, int checksumAt, string name)
    {
        Assert.NotEqual(0u, BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(checksumAt)));
        return Convert.ToHexString(bytes, 0, checksumAt) + name + Convert.ToHexString(bytes, checksumAt + 4, bytes.Length - checksumAt - 4);
    }
}
