namespace CoordinationTrials.Node;

/// <summary>The configuration of a node. The times of a takeover are the defaults of RaftActors.Coordination, for all strategies.</summary>
internal static class NodeConfig
{
    public const string System = "trial";

    private const string Section = "raft-coordination.";

    private static readonly Config Defaults = RaftCoordination.ClusterConfig().WithFallback(RaftCoordination.DefaultConfig());

    private static string Common(int scale) =>
        $$"""
        akka {
          log-dead-letters = off
          actor {
            provider = cluster
            # The default dispatchers have threads of their own that spin. Several clusters of five nodes share the cores of one machine.
            # With the channel executor for the internal one, the thread that creates Cluster may run its actors while it waits for them,
            # and Akka's split brain resolver fails there.
            default-dispatcher { executor = channel-executor, channel-executor.priority = normal }
            internal-dispatcher { executor = thread-pool-executor }
          }
          remote {
            default-remote-dispatcher { executor = channel-executor, channel-executor.priority = high }
            backoff-remote-dispatcher { executor = channel-executor, channel-executor.priority = low }
          }
          # Otherwise a node gates each address for 5 s after a failure, and a connection attempt into a cut waits for 15 s.
          # The last setting: nodes restart at once, and Akka.Remote would sometimes lose all messages to them.
          remote { retry-gate-closed-for = 500ms, dot-netty.tcp.connection-timeout = 2s, use-passive-connections = off }
          cluster {
            roles = [raft]
            seed-node-timeout = 2s
            retry-unsuccessful-join-after = 2s
            periodic-tasks-initial-delay = 200ms
            sharding.state-store-mode = ddata
            {{Scaled("failure-detector.acceptable-heartbeat-pause", "akka.cluster.", scale)}}
            split-brain-resolver.stable-after = {{Defaults.GetTimeSpan("raft-coordination.downing.stable-after").TotalSeconds * scale}}s
          }
        }
        """;

    private static string Raft(int scale) =>
        $$"""
        raft-coordination {
          {{Scaled("session-timeout", Section, scale)}}
          {{Scaled("downing.stable-after", Section, scale)}}
          {{Scaled("downing.down-self-after", Section, scale)}}
        }
        # With the default of 150 to 300 ms, processes that wait for a core elect one leader after the other.
        raft.groups.coordination {
          election-timeout { min = {{300 * scale}}ms, max = {{600 * scale}}ms }
          heartbeat-interval = {{100 * scale}}ms
        }
        """;

    private const string ByGroup =
        """
        raft-coordination { bootstrap = on, member-timeout = 10s }
        raft.discovery = node-names
        akka.cluster.retry-unsuccessful-join-after = off
        """;

    private const string Resolver = "akka.cluster.downing-provider-class = \"Akka.Cluster.SBR.SplitBrainResolverProvider, Akka.Cluster\"\n";

    /// <summary>The sessions of the strategies with a lease expire after this time.</summary>
    /// <param name="scale">Multiplies the times that decide when a node is missed.</param>
    public static TimeSpan SessionTimeout(int scale) => scale * Defaults.GetTimeSpan($"{Section}session-timeout");

    public static Config Of(NodeSettings node)
    {
        var own = node.Addresses[node.Number - 1].Split(':');
        var seeds = node.IsByGroup ? [] : node.Founds ? node.Addresses : node.Addresses.Where((_, place) => place != node.Number - 1);
        var config = ConfigurationFactory.ParseString(
            $$"""
            akka.remote.dot-netty.tcp { hostname = "{{own[0]}}", port = {{own[1]}} }
            akka.cluster.seed-nodes = [{{string.Join(", ", seeds.Select(each => $"\"akka.tcp://{System}@{each}\""))}}]
            raft.nodes = [{{string.Join(", ", node.Addresses.Select(each => $"\"{each}\""))}}]
            raft.store.directory = "{{node.Directory}}"
            {{(node.IsByGroup ? ByGroup : "")}}
            akka.loglevel = {{(node.IsVerbose ? "INFO" : "WARNING")}}
            """);
        return config.WithFallback(Shared(node.Downing, node.Scale));
    }

    /// <summary>What all nodes have, simulated ones too.</summary>
    public static Config Shared(Downing downing, int scale)
    {
        var config = ConfigurationFactory.ParseString($"{Strategy(downing, scale)}\n{Common(scale)}");
        return config.WithFallback(downing == Downing.KeepMajority ? RaftCoordination.ClusterConfig() : Defaults);
    }

    private static string Scaled(string setting, string section, int scale) => string.Create(
        CultureInfo.InvariantCulture, $"{setting} = {scale * Defaults.GetTimeSpan(section + setting).TotalMilliseconds}ms");

    private static string Strategy(Downing downing, int scale) => downing switch
    {
        Downing.KeepMajority => Resolver + """
            akka.cluster {
              split-brain-resolver.active-strategy = keep-majority
              singleton.use-lease = ""
              sharding.use-lease = ""
            }
            """,
        Downing.Lease => $$"""
            {{Resolver}}
            {{Raft(scale)}}
            akka.cluster.split-brain-resolver {
              active-strategy = lease-majority
              lease-majority.lease-implementation = akka.coordination.lease.raft
            }
            """,
        _ => Raft(scale),
    };
}

/// <summary>What the process of a node gets as its argument, in JSON.</summary>
/// <param name="Addresses">All nodes, as host:port.</param>
/// <param name="Number">The number of this node, from 1.</param>
/// <param name="Directory">For the log of raft.</param>
/// <param name="IsVerbose">Logs at the level of INFO, and not of WARNING.</param>
/// <param name="Scale">Multiplies the times that decide when a node is missed.</param>
/// <param name="Founds">
/// The cluster is founded now, by the first node. A node that is restarted must not: it would found another cluster if the nodes that run
/// did not answer in time.
/// </param>
/// <param name="IsByGroup">There are no seed nodes: the group decides which cluster there is.</param>
internal sealed record NodeSettings(
    Downing Downing, IReadOnlyList<string> Addresses, int Number, string Directory, bool IsVerbose, int Scale, bool Founds = false,
    bool IsByGroup = false);

/// <summary>The strategy by which the nodes decide about members that they cannot reach.</summary>
internal enum Downing
{
    /// <summary>Akka's split brain resolver lease-majority, with the lease of raft.</summary>
    Lease,

    /// <summary>The downing provider of raft.</summary>
    Raft,

    /// <summary>Akka's split brain resolver keep-majority, without any lease. There are no tokens.</summary>
    KeepMajority,
}
