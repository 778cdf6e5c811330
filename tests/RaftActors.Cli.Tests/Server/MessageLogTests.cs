using Message = RaftActors.Cli.Server.Message;

namespace RaftActors.Cli.Tests.Server;

/// <summary>The committed messages of a server.</summary>
public sealed class MessageLogTests
{
    [Fact]
    public void Page_starts_after_a_serial_and_ends_when_it_is_full()
    {
        var log = new MessageLog();
        var large = new string('x', MessageLimits.PageLettersMax);
        log.Apply("a", "one", 1);
        log.Apply("b", large, 3);
        log.Apply("c", large, 4);
        log.Apply("d", "four", 5);

        Assert.Equal([1], log.PageAfter(0).Select(message => message.Serial));
        Assert.Equal([3], log.PageAfter(1).Select(message => message.Serial));
        Assert.Equal([3], log.PageAfter(2).Select(message => message.Serial));
        Assert.Equal([4], log.PageAfter(3).Select(message => message.Serial));
        Assert.Equal([5], log.PageAfter(4).Select(message => message.Serial));
        Assert.Empty(log.PageAfter(5));
        Assert.Empty(new MessageLog().PageAfter(0));
    }

    [Fact]
    public void Page_has_a_bounded_number_of_messages()
    {
        var log = new MessageLog();
        for (var serial = 1; serial <= MessageLimits.PageMessagesMax + 1; serial++)
        {
            log.Apply($"{serial}", "", serial);
        }

        Assert.Equal(MessageLimits.PageMessagesMax, log.PageAfter(0).Length);
        Assert.Single(log.PageAfter(MessageLimits.PageMessagesMax));
    }

    private readonly MessageLog _log = new();

    [Fact]
    public void Messages_are_in_order_of_serial()
    {
        Assert.Equal(1, _log.Apply("a", "i like beer", 3));
        Assert.Equal(2, _log.Apply("b", "", 7));

        Assert.Equal([new Message(3, "a", "i like beer"), new Message(7, "b", "")], _log.Messages);
        Assert.Equal(3, _log.Find("a")?.Serial);
        Assert.Null(_log.Find("c"));
    }

    [Theory]
    [InlineData("i like beer")]
    [InlineData("another one")]
    public void Repeated_request_id_changes_nothing(string text)
    {
        _log.Apply("a", "i like beer", 1);

        Assert.Equal(0, _log.Apply("a", text, 2));

        Assert.Equal([new Message(1, "a", "i like beer")], _log.Messages);
    }

    [Fact]
    public void Serial_cannot_be_applied_twice() =>
        Assert.Throws<ArgumentOutOfRangeException>(() =>
        {
            _log.Apply("a", "", 2);
            _log.Apply("b", "", 2);
        });

    [Fact]
    public void Print_and_count_include_themselves()
    {
        _log.Apply("a", "i like beer", 1);
        _log.Apply("b", "count", 2);
        _log.Apply("c", "print", 3);
        _log.Apply("d", "print", 9);

        Assert.Null(_log.AnnouncementAt(1));
        Assert.Equal("Count 2", _log.AnnouncementAt(2));
        Assert.Equal("Logs [i like beer count print]", _log.AnnouncementAt(3));
        Assert.Equal("Logs [i like beer count print print]", _log.AnnouncementAt(4));
    }

    [Theory]
    [InlineData("Print")]
    [InlineData("printer")]
    [InlineData(" count")]
    [InlineData("count\n")]
    public void Only_the_exact_words_print_and_count_write_a_line(string text)
    {
        _log.Apply("a", text, 1);
        Assert.Null(_log.AnnouncementAt(1));
    }

    [Fact]
    public void Control_characters_are_escaped()
    {
        _log.Apply("a", "\u001b[2J", 1);
        _log.Apply("b", "print", 2);
        Assert.Equal(@"Logs [\u001b[2J print]", _log.AnnouncementAt(2));
    }

    [Fact]
    public void Snapshot_holds_the_whole_log()
    {
        _log.Apply("a", "i like beer", 1);
        _log.Apply("b", "", 200);
        _log.Apply("ü", "日本 \0", 5_000_000_000);

        var read = MessageLogFormat.Read(MessageLogFormat.Write(_log.Messages));

        Assert.Equal(_log.Messages, read.Messages);
        Assert.Equal(0, read.Apply("ü", "", 6_000_000_000));
    }

    [Fact]
    public void Truncated_or_extended_snapshot_is_refused()
    {
        _log.Apply("a", "i like beer", 1);
        _log.Apply("b", "count", 2);
        var bytes = MessageLogFormat.Write(_log.Messages);

        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.Throws<InvalidDataException>(() => MessageLogFormat.Read(bytes[..length]));
        }

        Assert.Throws<InvalidDataException>(() => MessageLogFormat.Read([.. bytes, 0]));
    }

    [Theory]
    [InlineData("02", "version 2")]
    [InlineData("0102 01 0161 00 00 0162 00", "serial")]
    [InlineData("0102 01 0161 00 01 0161 00", "twice")]
    [InlineData("0101 01 01FF 00", "UTF-8")]
    [InlineData("01 FFFFFFFF7F", "more bytes should follow")]
    [InlineData("0102 FFFFFFFFFFFFFFFF7F 0161 00 01 0162 00", "serial")]
    public void Invalid_snapshot_is_refused(string bytes, string why)
    {
        var refused = Assert.Throws<InvalidDataException>(() => MessageLogFormat.Read(Convert.FromHexString(bytes.Replace(" ", ""))));
        Assert.Contains(why, refused.Message);
    }

    [Fact]
    public void Snapshot_has_the_golden_bytes()
    {
        const string golden = "010201" + "0161" + "026869" + "05" + "0162" + "00";
        var read = MessageLogFormat.Read(Convert.FromHexString(golden));
        Assert.Equal([new Message(1, "a", "hi"), new Message(6, "b", "")], read.Messages);
        Assert.Equal(golden, Convert.ToHexStringLower(MessageLogFormat.Write(read.Messages)));
    }
}
