using Akka.Actor;
using Akka.Cluster;
using Akka.Remote;

namespace Akka.Embedded.Tests.Remote;

/// <summary>Heartbeats overtake the messages that wait for a slow network.</summary>
public sealed class HeartbeatPriorityTests : Systems
{
    private const int WaitingBytes = 60_000_000;
    private const int Size = 100_000;

    [Theory]
    [InlineData("remote")]
    [InlineData("cluster")]
    public async Task Heartbeat_is_answered_while_large_messages_wait(string provider)
    {
        var config = $"akka.actor.provider = {provider}";
        var a = Start("a", config);
        var (b, proxy) = StartBehindProxy("b", config);
        var (sink, asker) = (new Probe(b), new Probe(a));
        var remote = Ref(a, sink.Ref, owner: b);
        remote.Tell("first");
        await sink.ExpectAsync<string>();

        proxy.Freeze();
        for (var sent = 0; sent < WaitingBytes; sent += Size)
        {
            remote.Tell(new byte[Size]);
        }
        SendHeartbeat(a, b, asker, isCluster: provider == "cluster");
        // The buffers of the operating system and of the proxy hold less than this. They had been filled before the heartbeat.
        proxy.ThawFor(WaitingBytes / 2);

        if (provider == "cluster")
        {
            await asker.ExpectAsync<ClusterMessage.HeartbeatReply>();
        }
        else
        {
            await asker.ExpectAsync<ActorIdentity>();
        }
        proxy.Thaw();
        for (var received = 0; received < WaitingBytes; received += Size)
        {
            await sink.ExpectAsync<byte[]>();
        }
    }

    private static void SendHeartbeat(ActorSystem from, ActorSystem to, Probe asker, bool isCluster)
    {
        var path = $"{AddressOf(to)}/system/{(isCluster ? "cluster" : RemoteWatcher.Name)}";
        object heartbeat = isCluster ? new ClusterMessage.Heartbeat() : new Identify(null);
        ((ExtendedActorSystem)from).Provider.ResolveActorRef(path).Tell(heartbeat, asker.Ref);
    }
}
