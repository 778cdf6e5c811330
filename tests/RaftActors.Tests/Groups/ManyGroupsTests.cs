using Akka.Actor;
using Akka.Configuration;
using Akka.TestKit.Xunit2;

using RaftActors.Settings;
using RaftActors.Tests.Network;
using RaftActors.Wire;

namespace RaftActors.Tests.Groups;

public sealed class ManyGroupsTests() : TestKit("akka.loglevel = ERROR")
{
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Groups_that_start_one_after_another_cause_no_hello_each()
    {
        const int Groups = 50;
        WireMessage.Leaving theEnd = new(new ProcessName("the-end@n"), IsReply: true);
        var (port, own) = (FreePorts.Next(), FreePorts.Next());
        string ConfigOf(int at) => $$"""
            akka { loglevel = ERROR, actor.provider = remote }
            akka.remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0, public-hostname = "127.0.0.1", public-port = {{at}} }
            raft { node = ":{{at}}", discovery = node-names, discovery-interval = 10m, contacts = [":{{port}}"] }
            raft.transport-tcp.port-offset = 0
            raft.quorum.allow-fewer-than-three = on
            """;
        var other = ActorSystem.Create("many", ConfigurationFactory.ParseString(ConfigOf(port)).WithFallback(Raft.DefaultConfig()));
        var seen = CreateTestProbe();
        var registry = ((ExtendedActorSystem)other).SystemActorOf(Props.Create(() => new Forwarder(seen)), "raft");
        const int SizeMax = 1 << 20;
        var settings = new TransportSettings("127.0.0.1", PortOffset: 0, SizeMax, SizeMax);
        using var network = Unprotected.Listen((ExtendedActorSystem)other, settings, registry);
        var system = ActorSystem.Create("many", ConfigurationFactory.ParseString(ConfigOf(own)));
        for (var number = 0; number < Groups; number++)
        {
            var options = new RaftOptions<string>
            {
                Name = "raft1",
                Group = $"g{number}",
                Roster = [$"raft1@:{own}"],
                Store = () => new ScriptedStore(),
            };
            system.ActorOf(Props.Create(() => new Recorder(TestActor, options)));
            FishForMessage(message => message is "started", Guard);
        }

        // After all that the registry sent until now.
        await system.ActorSelection("/system/raft").Ask<ActorIdentity>(new Identify(null), Guard);
        Raft.Get(system).Network.ActorAt($"akka.tcp://many@127.0.0.1:{port}/system/raft").Tell(theEnd);

        var hellos = 0;
        seen.FishForMessage<object>(
            message =>
            {
                hellos += message is WireMessage.Hello ? 1 : 0;
                return message is WireMessage.Leaving;
            },
            Guard);
        await system.Terminate();
        await other.Terminate();
        Assert.InRange(hellos, 1, 5);
    }
}
