using Akka.Actor;
using Akka.Remote;
using Akka.Remote.Transport;
using Akka.TestKit.Xunit2;

namespace RaftActors.Tests.Groups;

/// <summary>
/// The remoting delivers in one direction only. Akka.NET with <c>use-passive-connections</c>, its default, comes to this when a node
/// restarts quickly. Here an adapter of the remoting drops the messages.
/// </summary>
public sealed class LostDirectionTests : TestKit
{
    private const string Lossy = "akka.remote.dot-netty.tcp.applied-adapters = [\"trttl\"]\nakka.remote.use-passive-connections = on";

    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(30);

    public LostDirectionTests()
        : base("akka.loglevel = ERROR")
    {
    }

    [Fact]
    public void Node_that_hears_nothing_by_the_remoting_takes_part_by_connections_of_raft()
    {
        ProcessName[] names = [NamedNode.NewName(), NamedNode.NewName()];
        var config = $"akka.loglevel = INFO\nraft.roster = [\"{names[0]}\", \"{names[1]}\"]\n{Lossy}";
        var heard = new NamedNode(this, names[0], config);
        var deaf = new NamedNode(this, names[1], config, prepare: system => Silence(heard, system));

        heard.ExpectConnectionsTo([deaf]);
        deaf.ExpectConnectionsTo([heard]);
        deaf.Tell(new Recorder.Append("key", "value", Guard), TestActor);

        ExpectMsg<Outcome<int>.Done>(Guard);
        deaf.Expect("append 1 key=value own");
        deaf.Stop();
        heard.Stop();
    }

    // The nodes are associated before: the handshake of the remoting needs both directions.
    private static void Silence(NamedNode heard, ActorSystem deaf)
    {
        // An actor that each actor system has from the start.
        deaf.ActorSelection(new RootActorPath(heard.Address) / "system").ResolveOne(Guard).Wait();
        var address = ((ExtendedActorSystem)deaf).Provider.DefaultAddress;
        var transport = ((IRemoteActorRefProvider)((ExtendedActorSystem)heard.System).Provider).Transport;
        var isSilent = transport.ManagementCommand(
            new SetThrottle(address, ThrottleTransportAdapter.Direction.Send, Blackhole.Instance));
        Assert.True(isSilent.Result);
    }
}
