namespace RaftActors.Core.Tests;

public sealed class IdTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("42", 42)]
    [InlineData("9223372036854775807", long.MaxValue)]
    public void Serial_is_parsed_from_its_text(string text, long value)
    {
        Assert.True(Serial.TryParse(text, out var serial));

        Assert.Equal(new Serial(value), serial);
        Assert.Equal(text, new Serial(value).ToString());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData(" 1")]
    [InlineData("1,000")]
    [InlineData("9223372036854775808")]
    public void Text_that_is_no_number_from_0_on_is_no_serial(string? text)
    {
        Assert.False(Serial.TryParse(text, out _));
        Assert.Throws<FormatException>(() => Serial.Parse(text!));
    }

    [Fact]
    public void Serial_and_name_are_parsed_from_their_texts()
    {
        Assert.Equal(new Serial(42), Serial.Parse("42"));
        Assert.Equal(new ProcessName("raft1@node1"), ProcessName.Parse("raft1@node1"));
        Assert.Throws<FormatException>(() => ProcessName.Parse("raft1"));
    }

    [Fact]
    public void Name_of_a_process_has_at_most_1000_characters()
    {
        var longest = $"raft1@{new string('n', 994)}";

        Assert.Equal(longest, new ProcessName(longest).Value);
        Assert.False(ProcessName.TryParse($"{longest}n", null, out _));
        var problem = Assert.Throws<FormatException>(() => new ProcessName($"{longest}{new string('n', 1_000_000)}"));
        Assert.InRange(problem.Message.Length, 1, 200);
        Assert.Throws<InvalidDataException>(() => ByteReader.NameOf(Encoding.UTF8.GetBytes($"{longest}n")));
        Assert.Throws<InvalidDataException>(() => ByteReader.NameOf(new byte[1_000_000]));
    }

    [Fact]
    public void Process_name_is_parsed_into_process_and_node()
    {
        Assert.True(ProcessName.TryParse("raft1@node1@localhost", out var name));

        Assert.Equal(("raft1", "node1@localhost"), (name.Process, name.Node));
        Assert.Equal(name, new ProcessName(name.ToString()));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("raft1")]
    [InlineData("@node1")]
    [InlineData("raft1@")]
    public void Text_without_process_or_node_is_no_process_name(string? text) => Assert.False(ProcessName.TryParse(text, null, out _));
}
