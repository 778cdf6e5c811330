using RaftActors.Transport;

namespace RaftActors.Tests.Transport;

public sealed class LaneHandshakeTests
{
    private static readonly LaneHandshake Handshake = new("akka.tcp://demo@127.0.0.1:2551", 42, 43, LaneKind.Node, 2552);

    [Fact]
    public void Handshake_comes_back_as_it_was()
    {
        var bytes = Handshake.ToBytes();

        Assert.Equal(bytes.Length - LaneHandshake.HeadSize, LaneHandshake.ReadHead(bytes.AsSpan(0, LaneHandshake.HeadSize)));
        Assert.Equal(Handshake, LaneHandshake.ReadRest(bytes.AsSpan(LaneHandshake.HeadSize)));
        Assert.Equal(42UL, LaneHandshake.ReadAnswer(LaneHandshake.AnswerOf(42)));
    }

    [Theory]
    [InlineData(0, "The first bytes are not those of a raft node.")]
    [InlineData(8, "The version of the lane is ")]
    [InlineData(10, "The handshake announces ")]
    public void Head_of_another_program_or_version_is_refused(int place, string why)
    {
        var head = Handshake.ToBytes()[..LaneHandshake.HeadSize];
        head[place] ^= 0x80;

        var problem = Assert.Throws<InvalidDataException>(() => LaneHandshake.ReadHead(head));

        Assert.StartsWith(why, problem.Message);
    }

    [Fact]
    public void Rest_that_is_cut_or_has_another_format_is_refused()
    {
        var rest = Handshake.ToBytes()[LaneHandshake.HeadSize..];

        for (var length = 0; length < rest.Length; length++)
        {
            Assert.Throws<InvalidDataException>(() => LaneHandshake.ReadRest(rest.AsSpan(0, length)));
        }

        rest[0]++;
        Assert.Contains("messages have version", Assert.Throws<InvalidDataException>(() => LaneHandshake.ReadRest(rest)).Message);
    }
}
