namespace RaftActors.Storage.Tests.Log;

/// <summary>The format levels of segments, which decide whether an older program can take over a directory.</summary>
public sealed class FormatLevelTests
{
    private static readonly Configuration Plain = new(GroupUid.None, 3, [], [], [], []);

    [Fact]
    public void Segment_has_the_lowest_level_while_no_entry_needs_a_higher_one()
    {
        var life = NewLife();

        life.Write("a", Life.Entry(1), Reconfigure(2, level: 1));

        Assert.Equal([1], LevelsOf(life.Close()));
    }

    [Fact]
    public void Entry_of_a_higher_level_begins_a_segment_of_that_level()
    {
        var life = NewLife();

        life.Queue("a", Life.Entry(1)).Queue("a", Reconfigure(2, level: 2)).Queue("a", Entry(3));
        life.Directory.WriteQueued();
        var disk = life.Close();

        Assert.Equal([1, 2], LevelsOf(disk));
        Assert.Equal("0: 1/1 2/1 3/1", Life.Text(new Life(disk).Open()));
    }

    [Fact]
    public void Later_segments_keep_the_level()
    {
        var life = NewLife();

        life.Write("a", Life.Entry(1), Reconfigure(2, level: 2));
        for (var index = 3; index <= 10; index++)
        {
            life.Write("a", Entry(index, size: 1500));
        }

        var levels = LevelsOf(life.Close());
        Assert.InRange(levels.Count, 3, 10);
        Assert.All(levels, level => Assert.Equal(2, level));
    }

    [Fact]
    public void Rewritten_segment_keeps_the_level()
    {
        var life = NewLife();
        life.Write("a", Life.Entry(1)).Write("a", Reconfigure(2, level: 2));

        var disk = life.Kill();
        new Life(disk).Close();

        Assert.Equal([1, 2], LevelsOf(disk));
    }

    private static Life NewLife()
    {
        var life = new Life(new ModelDisk());
        life.Open();
        return life;
    }

    // The serial after a configuration is one less than the index.
    private static LogEntry Entry(long index, int size = 20) => Life.Entry(index, size: size) with { Serial = new Serial(index - 1) };

    private static LogEntry Reconfigure(long index, byte level) =>
        new(
            new LogIndex(index),
            new Term(1),
            new Serial(index - 1),
            new Payload.Reconfigure(Plain with { Version = new GroupVersion(level, 1) }));

    private static List<int> LevelsOf(ModelDisk disk) =>
        [.. disk.Now.Files.Where(file => file.Key.EndsWith(".wal", StringComparison.Ordinal))
            .OrderBy(file => file.Key, StringComparer.Ordinal)
            .Select(file => (int)SegmentHeader.Read(file.Value.ToArray(), file.Key).Level)];
}
