namespace RaftActors.Tests.Values;

public sealed class WirePathTests(TestKit.SharedSystem shared) : TestKit(shared), IClassFixture<TestKit.SharedSystem>
{
    [Theory]
    [InlineData("akka.tcp://demo@127.0.0.1:2551/system/raft/g/a#7x")]
    [InlineData("akka.tcp://demo@127.0.0.1:2551/system/raft/g/a#")]
    [InlineData("akka.tcp://demo@127.0.0.1:2551/system/raft/g/a#99999999999")]
    [InlineData("akka.tcp://demo@127.0.0.1:2551/system/raft/g/a#/")]
    [InlineData("akka.tcp://demo@127.0.0.1:2551/system/raft/g/a#-1")]
    [InlineData("akka.tcp://demo@127.0.0.1:x/system/raft/g/a")]
    [InlineData("")]
    [InlineData("no path")]
    public void Text_that_is_no_path_leads_to_the_dead_letters(string path)
    {
        Assert.False(WirePath.TryParse(path, out _));
        Assert.Equal(Sys.DeadLetters, ((ExtendedActorSystem)Sys).Provider.ActorAt(path));
    }

    [Fact]
    public void Path_leads_to_its_actor() =>
        Assert.Equal(TestActor, ((ExtendedActorSystem)Sys).Provider.ActorAt(TestActor.Path.ToSerializationFormat()));
}
