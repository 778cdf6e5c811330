namespace RaftActors.Tests.Network;

public sealed class HandshakeTests
{
    private static readonly Handshake Handshake = new("akka.tcp://demo@127.0.0.1:2551", 42, ConnectionKind.Node);

    [Fact]
    public void Handshake_comes_back_as_it_was()
    {
        var bytes = Handshake.ToBytes();

        Assert.Equal(bytes.Length - Handshake.HeadSize, Handshake.ReadHead(bytes.AsSpan(0, Handshake.HeadSize)));
        Assert.Equal(Handshake, Handshake.ReadRest(bytes.AsSpan(Handshake.HeadSize)));
        Assert.Equal(new FormatRange(2, 3), Handshake.ReadAnswer(Handshake.AnswerOf(new FormatRange(2, 3))));
    }

    [Theory]
    [InlineData(0, "The first bytes are not those of a raft node.")]
    [InlineData(8, "The version of the handshake is ")]
    [InlineData(10, "The handshake announces ")]
    public void Head_of_another_program_or_version_is_refused(int place, string why)
    {
        var head = Handshake.ToBytes()[..Handshake.HeadSize];
        head[place] ^= 0x80;

        var problem = Assert.Throws<InvalidDataException>(() => Handshake.ReadHead(head));

        Assert.StartsWith(why, problem.Message);
    }

    [Fact]
    public void Rest_that_is_cut_is_refused()
    {
        var rest = Handshake.ToBytes()[Handshake.HeadSize..];

        for (var length = 0; length < rest.Length; length++)
        {
            Assert.Throws<InvalidDataException>(() => Handshake.ReadRest(rest.AsSpan(0, length)));
        }
    }

    [Fact]
    public async Task Part_that_comes_byte_by_byte_is_read_when_it_is_whole()
    {
        using Bytewise channel = new(Handshake.AnswerOf(new FormatRange(2, 3)));

        Assert.Equal(new FormatRange(2, 3), await Handshake.ReadAnswerAsync(channel, isSecure: false, CancellationToken.None));
    }

    [Theory]
    [InlineData(1, 1, 1, 2, 1)]
    [InlineData(1, 3, 2, 2, 2)]
    [InlineData(2, 4, 1, 3, 3)]
    public void Connection_has_the_highest_level_that_both_sides_know(
        byte lowest, byte highest, byte otherLowest, byte otherHighest, byte level)
    {
        var (own, other) = (new FormatRange(lowest, highest), new FormatRange(otherLowest, otherHighest));

        Assert.Equal(level, Handshake.LevelOf(own, other));
        Assert.Equal(level, Handshake.LevelOf(other, own));
    }

    [Fact]
    public void Sides_without_a_common_level_are_told_both_ranges()
    {
        var problem = Assert.Throws<InvalidDataException>(() => Handshake.LevelOf(new FormatRange(1, 1), new FormatRange(2, 3)));

        Assert.Equal(
            "Its program knows format levels 2 to 3, and that of this node level 1. Upgrade the older one step by step.", problem.Message);
    }

    private sealed class Bytewise(byte[] bytes) : NoChannel
    {
        private int _read;

        public override ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellation = default)
        {
            buffer.Span[0] = bytes[_read++];
            return new(1);
        }
    }
}
