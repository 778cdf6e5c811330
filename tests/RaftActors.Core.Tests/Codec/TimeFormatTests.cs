namespace RaftActors.Core.Tests.Codec;

/// <summary>The times of entries and positions as bytes.</summary>
public sealed class TimeFormatTests
{
    private static readonly LogEntry Entry = new(new LogIndex(1), new Term(1), new Serial(1), null, "key", default);

    [Theory]
    [InlineData(0)]
    [InlineData(1_767_225_600_123)]
    [InlineData(253_402_300_799_999)]
    public void Entry_and_position_keep_their_time(long milliseconds)
    {
        var entry = Entry with { Time = new LogTime(milliseconds) };
        ByteWriter writer = new();
        EntryFormat.WriteEntries(writer, [entry]);
        EntryFormat.WritePosition(writer, LogPosition.Of(entry, 7));

        ByteReader reader = new(writer.Written);
        Assert.Equal(entry.Time, EntryFormat.ReadEntries(ref reader)[0].Time);
        Assert.Equal(entry.Time, EntryFormat.ReadPosition(ref reader).Time);
    }

    [Fact]
    public void Time_after_the_year_9999_is_refused()
    {
        ByteWriter writer = new();
        EntryFormat.WritePayload(writer, Entry with { Time = new LogTime(LogTime.Max.Milliseconds + 1) });

        Assert.Throws<InvalidDataException>(() =>
        {
            ByteReader reader = new(writer.Written);
            EntryFormat.ReadPayload(ref reader, Entry.Index, Entry.Term, Entry.Serial);
        });
    }

    [Fact]
    public void Time_is_that_of_a_wall_clock_cut_to_milliseconds_and_never_before_1970()
    {
        var clock = new DateTimeOffset(2026, 1, 2, 5, 4, 5, 678, TimeSpan.FromHours(2)).AddMicroseconds(999);

        Assert.Equal("2026-01-02T03:04:05.678Z", LogTime.Of(clock).ToString());
        Assert.Equal(clock.AddMicroseconds(-999), LogTime.Of(clock).ToDateTimeOffset());
        Assert.Equal(DateTimeOffset.UnixEpoch, LogTime.Of(DateTimeOffset.MinValue).ToDateTimeOffset());
        Assert.Equal("9999-12-31T23:59:59.999Z", LogTime.Max.ToString());
    }
}
