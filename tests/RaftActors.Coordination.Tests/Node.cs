using Akka.Cluster;
using Akka.Remote;
using Akka.Remote.Transport;

namespace RaftActors.Coordination.Tests;

/// <summary>A node of a real cluster, or without a cluster, with the coordination group on the first three nodes.</summary>
internal sealed class Node : IAsyncDisposable
{
    private Node(ActorSystem system) => System = system;

    public ActorSystem System { get; }

    public RaftCoordination Coordination => RaftCoordination.Get(System);

    public Address Address => ((ExtendedActorSystem)System).Provider.DefaultAddress;

    /// <summary>Starts nodes. The first one is the seed.</summary>
    /// <param name="config">On top of what all nodes have.</param>
    /// <param name="protocol">Of the addresses: that of the remoting with its adapters.</param>
    public static Node[] Start(int count, string config = "", string protocol = "akka.tcp")
    {
        var ports = FreePorts.Take(count);
        return [.. ports.Select(port => Start(port, $"\"{protocol}://coordination@127.0.0.1:{ports[0]}\"", ports, config))];
    }

    /// <summary>Starts nodes without a cluster, which find each other by their names. That takes less time than a cluster does.</summary>
    /// <param name="ports">Those of all nodes, of which the first three vote.</param>
    /// <param name="config">On top of what all nodes have.</param>
    public static IEnumerable<Node> StartUnclustered(IReadOnlyList<int> ports, string config) =>
        ports.Select(port => StartUnclustered(port, ports, config)).ToList();

    /// <summary>Starts one of these nodes.</summary>
    public static Node StartUnclustered(int port, IReadOnlyList<int> ports, string config) => Start(
        port,
        "",
        ports,
        $$"""
        {{config}}
        raft { discovery = node-names, client.contacts = [{{string.Join(", ", ports.Take(3).Select(each => $"\"127.0.0.1:{each}\""))}}] }
        """,
        provider: "remote");

    /// <summary>Starts a node without seed nodes.</summary>
    /// <param name="ports">Those of all nodes, of which the first three vote.</param>
    /// <param name="config">On top of what all nodes have.</param>
    public static Node StartAlone(int port, IReadOnlyList<int> ports, string config) => Start(port, "", ports, config);

    /// <summary>Ends the node as a crash does: it tells nobody.</summary>
    public Task CrashAsync() => System.Terminate();

    /// <summary>Drops all messages of the remoting to and from another node. The configuration needs the adapter "trttl".</summary>
    public void Cut(Address other) => ((RemoteActorRefProvider)((ExtendedActorSystem)System).Provider).Transport.ManagementCommand(
        new SetThrottle(other, ThrottleTransportAdapter.Direction.Both, Blackhole.Instance));

    /// <summary>Waits until the node sees exactly so many members, all of them up and reachable.</summary>
    public async Task MembersAsync(int count)
    {
        var cluster = Cluster.Get(System);
        using var limit = new CancellationTokenSource(Guard);
        while (cluster.State.Members.Count(member => member.Status == MemberStatus.Up) != count
            || cluster.State.Members.Count != count
            || cluster.State.Unreachable.Count != 0)
        {
            if (limit.IsCancellationRequested)
            {
                var (members, unreachable) = (cluster.State.Members, cluster.State.Unreachable);
                Assert.Fail(
                    $"{cluster.SelfAddress} sees {string.Join(", ", members)}, of them unreachable: {string.Join(", ", unreachable)}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20));
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await System.Terminate();

    private static Node Start(
        int port, string seeds, IReadOnlyList<int> ports, string config, string provider = "cluster") => new(ActorSystem.Create(
        "coordination",
        ConfigurationFactory.ParseString(
            $$"""
            {{config}}
            akka {
              loglevel = OFF
              log-dead-letters = off
              actor.provider = {{provider}}
              coordinated-shutdown.run-by-actor-system-terminate = off
              remote.dot-netty.tcp {
                hostname = "127.0.0.1", port = {{port}}
                server-socket-worker-pool.pool-size-max = 1, client-socket-worker-pool.pool-size-max = 1
              }
              cluster {
                roles = [raft]
                seed-nodes = [{{seeds}}]
                seed-node-timeout = 300ms
                gossip-interval = 50ms
                leader-actions-interval = 50ms
              }
            }
            raft {
              nodes = [{{string.Join(", ", ports.Take(3).Select(each => $"\"127.0.0.1:{each}\""))}}]
              discovery-interval = 100ms
            }
            """).WithFallback(RaftCoordination.DefaultConfig())));
}
