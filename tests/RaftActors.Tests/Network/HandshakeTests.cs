using RaftActors.Network;

namespace RaftActors.Tests.Network;

public sealed class HandshakeTests
{
    private static readonly Handshake Handshake = new("akka.tcp://demo@127.0.0.1:2551", 42, 43, ConnectionKind.Node, 2552);

    [Fact]
    public void Handshake_comes_back_as_it_was()
    {
        var bytes = Handshake.ToBytes();

        Assert.Equal(bytes.Length - Handshake.HeadSize, Handshake.ReadHead(bytes.AsSpan(0, Handshake.HeadSize)));
        Assert.Equal(Handshake, Handshake.ReadRest(bytes.AsSpan(Handshake.HeadSize)));
        Assert.Equal(42UL, Handshake.ReadAnswer(Handshake.AnswerOf(42)));
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
    public void Rest_that_is_cut_or_has_another_format_is_refused()
    {
        var rest = Handshake.ToBytes()[Handshake.HeadSize..];

        for (var length = 0; length < rest.Length; length++)
        {
            Assert.Throws<InvalidDataException>(() => Handshake.ReadRest(rest.AsSpan(0, length)));
        }

        rest[0]++;
        Assert.Contains("messages have version", Assert.Throws<InvalidDataException>(() => Handshake.ReadRest(rest)).Message);
    }
}
