using Akka.Persistence;

namespace RaftActors.Hosting.Tests;

/// <summary>Persistent actors of a host whose journal is a raft group.</summary>
public sealed class PersistenceTests
{
    private readonly int _port = FreePorts.Next();

    [Fact]
    public async Task Persistent_actor_recovers_from_the_group_of_the_host()
    {
        await using var node = new HostedNode(_port, [_port], akka => akka.WithRaftPersistence());
        await node.StartAsync();
        var props = Props.Create(() => new Note());
        var first = node.System.ActorOf(props);
        Assert.Equal("a", await first.Ask<string>("a", Guard));
        await first.GracefulStop(Guard);

        var second = node.System.ActorOf(props);

        Assert.Equal("ab", await second.Ask<string>("b", Guard));
        Assert.Contains("persistence-0", Raft.Get(node.System).Groups);
    }

    /// <summary>Answers with all that it was sent.</summary>
    private sealed class Note : ReceivePersistentActor
    {
        private string _text = "";

        public Note()
        {
            Recover<string>(text => { _text += text; });
            Command<string>(text =>
            {
                var sender = Sender;
                Persist(text, saved =>
                {
                    _text += saved;
                    sender.Tell(_text);
                });
            });
        }

        public override string PersistenceId => "note";
    }
}
