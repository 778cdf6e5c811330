using Akka.Actor;
using Akka.Cluster.Sharding;

using RaftActors.Persistence;

namespace PersistenceTrials.Nodes;

/// <summary>
/// A node of an Akka.Cluster as a process, whose sharding remembers its entities. It says how many of them live here, whenever that has
/// changed. A line of its input is the number of the first entity to start, and the one behind the last.
/// </summary>
/// <param name="Ports">Of all nodes.</param>
/// <param name="Directory">For the files of this node.</param>
internal sealed record RememberedNode(int Port, IReadOnlyList<int> Ports, string Directory)
{
    public const string Verb = "remembered-node";

    /// <summary>The mark of a line with the number of living entities.</summary>
    public const string Living = "living";

    private const int Shards = 30;

    // Each shard goes through the starts that wait for the store whenever one of them is stored, so many at once take long.
    private const int AtOnce = 300;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private static int _living;

    /// <summary>The hidden command of a node. Its argument is a <see cref="RememberedNode"/>.</summary>
    public static Command Command()
    {
        Argument<string> settings = new("settings");
        Command node = new(Verb) { settings };
        node.Hidden = true;
        node.SetAction((parsed, _) => JsonSerializer.Deserialize<RememberedNode>(parsed.GetRequiredValue(settings))!.Run());
        return node;
    }

    // Runs until it is killed, or until its input ends.
    private async Task<int> Run()
    {
        using var system = ActorSystem.Create("shop", Config());
        RaftPersistence.Get(system);
        var region = await ClusterSharding.Get(system).StartAsync(
            "entity",
            _ => Props.Create(() => new Entity()),
            ClusterShardingSettings.Create(system).WithRememberEntities(true),
            HashCodeMessageExtractor.Create(Shards, _ => null));
        _ = Task.Run(ReportAsync);
        while (await Console.In.ReadLineAsync() is { } line)
        {
            var bounds = line.Split(' ').Select(word => int.Parse(word, CultureInfo.InvariantCulture)).ToList();
            await Parallel.ForAsync(
                bounds[0], bounds[1], new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, (number, _) => StartAsync(region, number));
        }

        return 0;
    }

    // Sharding may lose a message while it moves a shard to another node.
    private static async ValueTask StartAsync(IActorRef region, int number)
    {
        for (var isStarted = false; !isStarted;)
        {
            try
            {
                await region.Ask(new ShardRegion.StartEntity($"entity-{number}"), Patience);
                isStarted = true;
            }
            catch (AskTimeoutException)
            {
                Console.WriteLine("lost");
            }
        }
    }

    private static async Task ReportAsync()
    {
        for (var told = -1; ; await Task.Delay(Interval))
        {
            if (Volatile.Read(ref _living) is var living && living != told)
            {
                Console.WriteLine($"{Living} {told = living}");
            }
        }
    }

    private Config Config() => ConfigurationFactory.ParseString(
        $$"""
        akka {
          loglevel = WARNING
          stdout-loglevel = WARNING
          log-dead-letters = off
          actor.provider = cluster
          remote.dot-netty.tcp { hostname = "127.0.0.1", port = {{Port}} }
          cluster.seed-nodes = [{{string.Join(", ", Ports.Select(port => $"\"akka.tcp://shop@127.0.0.1:{port}\""))}}]
        }
        raft {
          nodes = [{{string.Join(", ", Ports.Select(port => $"\"127.0.0.1:{port}\""))}}]
          store.directory = "{{Directory}}"
        }
        """).WithFallback(RaftPersistence.ClusterConfig()).WithFallback(RaftPersistence.DefaultConfig());

    private sealed class Entity : ReceiveActor
    {
        protected override void PreStart() => Interlocked.Increment(ref _living);

        protected override void PostStop() => Interlocked.Decrement(ref _living);
    }
}
