using RaftActors.Storage.Tests.Snapshots;

namespace RaftActors.Storage.Tests.Log;

/// <summary>What a read of entries costs.</summary>
public sealed class EntryReaderTests
{
    private const int Count = 300;
    private const int ValueSize = 1000;

    private readonly Life _life;
    private readonly WatchedDisk _disk;

    public EntryReaderTests()
    {
        _life = new Life(new ModelDisk(), Life.Options with { SegmentSizeBytes = 200_000 });
        _life.Open();
        for (var index = 1; index <= Count; index++)
        {
            _life.Write("a", Life.Entry(index, 1, ValueSize));
        }

        _disk = new WatchedDisk(_life.Disk);
    }

    [Fact]
    public void Each_segment_is_opened_once_and_closed()
    {
        var entries = Read(1, Count);

        var written = Enumerable.Range(1, Count).Select(index => Life.Entry(index, 1, ValueSize));
        Assert.Equal(written.Select(entry => $"{entry}"), entries.Select(entry => $"{entry}"));
        Assert.Equal(2, _disk.Openings);
        Assert.Equal(0, _disk.OpenFiles);
    }

    [Fact]
    public void Small_read_takes_few_bytes_of_the_disk()
    {
        Assert.Equal(2, Read(1, 2).Length);

        Assert.InRange(_disk.BytesRead, 2 * ValueSize, 5000);
    }

    /// <summary>The windows of a read overlap by less than an entry each, and the last one may be half unused.</summary>
    [Fact]
    public void Large_read_takes_few_reads_of_the_disk()
    {
        Read(1, 128);

        Assert.InRange(_disk.Reads, 1, 10);
    }

    [Fact]
    public void Damaged_segment_is_closed()
    {
        _disk.OnRead = () => throw new IOException("the disk is broken");

        Assert.Throws<StoreException>(() => Read(1, 2));
        Assert.Equal(0, _disk.OpenFiles);
    }

    private LogSlice Read(long first, long last) =>
        new EntryReader(_disk).Read(_life.Directory.Writer.Slots.Single(), new LogIndex(first), new LogIndex(last));
}
