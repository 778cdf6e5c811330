using System.Text;

using Akka.TestKit.Xunit2;

using RaftActors.Cli.Protocol;

namespace RaftActors.Cli.Tests.Protocol;

public sealed class ProtocolSerializerTests : TestKit
{
    public ProtocolSerializerTests()
        : base(ProtocolSerializer.Registration)
    {
    }

    [Fact]
    public void Messages_keep_their_serializer_when_an_extension_injects_its_defaults()
    {
        Sys.Settings.InjectTopLevelFallback("late-extension.key = value");

        Assert.Equal(ProtocolSerializer.Number, Sys.Serialization.FindSerializerForType(typeof(Request.Append)).Identifier);
        Assert.Equal(ProtocolSerializer.Number, Sys.Serialization.FindSerializerForType(typeof(Reply.Committed)).Identifier);
    }

    [Theory]
    [InlineData("append", "{\"Number\":1,\"RequestId\":\"id\",\"Text\":null,\"Timeout\":\"00:00:05\"}")]
    [InlineData("append", "{\"Number\":1,\"RequestId\":\"id\",\"Timeout\":\"00:00:05\"}")]
    [InlineData("add-member", "{\"Number\":1,\"Server\":{\"Port\":9990},\"Timeout\":\"00:00:05\"}")]
    [InlineData("add-member", "{\"Number\":1,\"Server\":{\"Host\":null,\"Port\":9990},\"Timeout\":\"00:00:05\"}")]
    [InlineData("log-page", "{\"Number\":1,\"LastSerial\":2}")]
    [InlineData("log-page", "{\"Number\":1,\"LastSerial\":2,\"Messages\":[{\"Serial\":1,\"Text\":\"text\"}]}")]
    [InlineData("status", "null")]
    [InlineData("status", "{")]
    public void Message_without_a_member_that_it_needs_is_refused(string manifest, string json)
    {
        var serializer = (ProtocolSerializer)Sys.Serialization.FindSerializerForType(typeof(Request.Append));

        Assert.Throws<InvalidDataException>(() => serializer.FromBinary(Encoding.UTF8.GetBytes(json), manifest));
    }

    [Fact]
    public void Message_without_members_that_have_a_default_is_read()
    {
        var serializer = (ProtocolSerializer)Sys.Serialization.FindSerializerForType(typeof(Request.Append));

        var read = serializer.FromBinary("{\"Number\":1,\"Detail\":\"why\",\"Newer\":0}"u8.ToArray(), "refused");

        Assert.Equal(new Reply.Refused(1, "why"), read);
    }
}
