using Akka.Actor;

namespace Akka.Conformance.Tests.Serialization;

/// <summary>The runtime's own messages, which users send to other systems.</summary>
public sealed class RuntimeMessageTests() : Akka.TestKit.Xunit2.TestKit("""
    akka.actor.provider = remote
    akka.remote.dot-netty.tcp { hostname = 127.0.0.1, port = 0 }
    """)
{
    private readonly Address _elsewhere = new("akka.tcp", "elsewhere", "127.0.0.1", 1);

    [Theory]
    [InlineData("text")]
    [InlineData(7)]
    [InlineData(long.MaxValue)]
    [InlineData(null)]
    public void Payload_of_a_message_is_read_back(object? payload)
    {
        Assert.Equal(payload, Back(new Identify(payload!)).MessageId);
        Assert.Equal(payload, Back(new ActorIdentity(payload!, TestActor)).MessageId);
        Assert.Equal(payload, Back(new Status.Success(payload!)).Status);
        Assert.Equal(payload, Back(new Status.Failure(new InvalidOperationException("as told"), payload!)).State);
    }

    [Fact]
    public void Reference_is_read_back()
    {
        var remote = ((ExtendedActorSystem)Sys).Provider.ResolveActorRef(new RootActorPath(_elsewhere) / "user" / "a#7");

        Assert.Same(TestActor, Back(TestActor));
        Assert.Equal(remote, Back(remote));
        Assert.Equal(TestActor, Back(new ActorIdentity(1, TestActor)).Subject);
        Assert.Null(Back(new ActorIdentity(1, null)).Subject);
    }

    [Fact]
    public void Failure_is_read_back_with_its_text() =>
        Assert.Contains("as told", Back(new Status.Failure(new InvalidOperationException("as told"))).Cause.Message);

    [Fact]
    public void Message_without_content_is_read_back()
    {
        Assert.IsType<PoisonPill>(Back(PoisonPill.Instance));
        Assert.IsType<Kill>(Back(Kill.Instance));
        Assert.Equal(_elsewhere, Back(_elsewhere));
    }

    [Fact]
    public void Unknown_manifest_is_refused()
    {
        var serializer = Sys.Serialization.FindSerializerFor(Kill.Instance);

        Assert.ThrowsAny<SystemException>(() => Sys.Serialization.Deserialize([], serializer.Identifier, "no such manifest"));
    }

    private T Back<T>(T message)
        where T : class
    {
        var system = (ExtendedActorSystem)Sys;
        var serializer = Sys.Serialization.FindSerializerFor(message);
        var manifest = Akka.Serialization.Serialization.ManifestFor(serializer, message);
        var bytes = Akka.Serialization.Serialization.WithTransport(system, () => serializer.ToBinary(message));

        return Assert.IsAssignableFrom<T>(Sys.Serialization.Deserialize(bytes, serializer.Identifier, manifest));
    }
}
