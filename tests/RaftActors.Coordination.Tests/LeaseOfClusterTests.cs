using System.Threading.Channels;

using Akka.Cluster.Sharding;
using Akka.Cluster.Tools.Singleton;

namespace RaftActors.Coordination.Tests;

/// <summary>The lease as the singletons and shards of a cluster use it: by configuration alone.</summary>
public sealed class LeaseOfClusterTests : NodesTest
{
    private const string Config =
        """
        raft-coordination { session-timeout = 2s, renew-interval = 200ms }
        akka.coordination.lease.raft.lease-operation-timeout = 2s
        # Akka retries after seconds.
        akka.cluster.sharding { retry-interval = 200ms, coordinator-failure-backoff = 500ms }
        akka.cluster.singleton.hand-over-retry-interval = 200ms
        akka.cluster.failure-detector { heartbeat-interval = 200ms, acceptable-heartbeat-pause = 2s }
        akka.cluster.sharding { use-lease = akka.coordination.lease.raft, lease-retry-interval = 200ms, state-store-mode = ddata }
        akka.cluster.singleton { use-lease = akka.coordination.lease.raft, lease-retry-interval = 200ms }
        akka.cluster.split-brain-resolver.active-strategy = lease-majority
        akka.cluster.split-brain-resolver.lease-majority.lease-implementation = akka.coordination.lease.raft
        akka.cluster.downing-provider-class = "Akka.Cluster.SBR.SplitBrainResolverProvider, Akka.Cluster"
        akka.cluster.split-brain-resolver.stable-after = 1s
        """;

    [Fact]
    public async Task Singleton_of_a_crashed_node_starts_on_another_one_with_the_lease()
    {
        Nodes.AddRange(Node.Start(3, Config));
        var starts = Channel.CreateUnbounded<(Node Node, long? Token)>();
        foreach (var node in Nodes)
        {
            Action<IActorContext> onStart = context => starts.Writer.TryWrite((node, node.Coordination.TokenOf(context)));
            node.System.ActorOf(
                ClusterSingletonManager.Props(
                    Props.Create(() => new Billing(onStart)), PoisonPill.Instance, ClusterSingletonManagerSettings.Create(node.System)),
                "billing");
        }

        var first = await starts.Reader.ReadAsync().AsTask().WaitAsync(Guard);

        await CrashAsync(first.Node);

        var second = await starts.Reader.ReadAsync().AsTask().WaitAsync(Guard);
        Assert.NotSame(first.Node, second.Node);
        Assert.True(second.Token > first.Token, $"{second.Token} follows {first.Token}");
        Assert.False(starts.Reader.TryRead(out _));
    }

    [Fact]
    public async Task Shard_of_a_crashed_node_starts_on_another_one_with_a_higher_token()
    {
        Nodes.AddRange(Node.Start(3, Config));
        var starts = Channel.CreateUnbounded<(Node Node, long? Token)>();
        List<IActorRef> regions = [];
        foreach (var node in Nodes)
        {
            Action<IActorContext> onStart = context => starts.Writer.TryWrite((node, node.Coordination.TokenOf(context)));
            var sharding = ClusterSharding.Get(node.System);
            regions.Add(sharding.Start(
                "accounts",
                _ => Props.Create(() => new Billing(onStart)),
                ClusterShardingSettings.Create(node.System),
                new Accounts()));
        }

        regions[0].Tell("alice");
        var first = await starts.Reader.ReadAsync().AsTask().WaitAsync(Guard);

        await CrashAsync(first.Node);

        var other = regions[Nodes.FindIndex(node => node != first.Node)];
        (Node Node, long? Token) second;
        using var limit = new CancellationTokenSource(Guard);
        while (!starts.Reader.TryRead(out second))
        {
            // A message to a region that looks for its coordinator may be lost.
            limit.Token.ThrowIfCancellationRequested();
            other.Tell("alice");
            await Task.WhenAny(starts.Reader.WaitToReadAsync().AsTask(), Task.Delay(TimeSpan.FromMilliseconds(100)));
        }

        Assert.NotSame(first.Node, second.Node);
        Assert.True(second.Token > first.Token, $"{second.Token} follows {first.Token}");
    }

    // The resolver counts members that are up only. Without a member that is up beside the crashed one, it downs all.
    private async Task CrashAsync(Node node)
    {
        foreach (var each in Nodes)
        {
            await each.MembersAsync(Nodes.Count);
        }

        await node.CrashAsync();
    }

    private sealed class Billing : UntypedActor
    {
        public Billing(Action<IActorContext> onStart) => onStart(Context);

        protected override void OnReceive(object message)
        {
        }
    }

    private sealed class Accounts() : HashCodeMessageExtractor(maxNumberOfShards: 1)
    {
        public override string EntityId(object message) => (string)message;
    }
}
