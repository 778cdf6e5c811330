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
}
