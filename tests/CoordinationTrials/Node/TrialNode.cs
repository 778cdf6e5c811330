using System.Runtime.InteropServices;

using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Sharding;
using Akka.Cluster.Tools.Singleton;

using CoordinationTrials.Check;

using RaftActors.Coordination;

namespace CoordinationTrials.Node;

/// <summary>One node as a process: a cluster singleton, sharded entities, and a claim to a lock. All write to the register.</summary>
internal static class TrialNode
{
    public const string Singleton = "singleton";
    public const string Lock = "lock";

    private static readonly TimeSpan StatusInterval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan WakeInterval = TimeSpan.FromMilliseconds(500);

    public static IReadOnlyList<string> Entities { get; } = ["entity1", "entity2", "entity3", "entity4"];

    /// <summary>Runs until the node is downed, leaves after SIGTERM, or its input ends.</summary>
    public static async Task<int> Run(
        Downing downing, IReadOnlyList<string> addresses, int number, bool founds, string directory, bool isVerbose, int scale)
    {
        var system = ActorSystem.Create(
            NodeConfig.System, NodeConfig.Of(downing, addresses, number, founds, directory, isVerbose, scale));
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal =>
        {
            signal.Cancel = true;
            _ = CoordinatedShutdown.Get(system).Run(CoordinatedShutdown.ClrExitReason.Instance);
        });

        // This program must not outlive the trial.
        _ = Task.Run(() =>
        {
            Console.In.ReadToEnd();
            Environment.Exit(0);
        });
        var usesRaft = downing != Downing.KeepMajority;
        system.ActorOf(
            ClusterSingletonManager.Props(
                Props.Create(() => new Writer(number, Singleton, usesRaft)),
                PoisonPill.Instance,
                ClusterSingletonManagerSettings.Create(system)),
            Singleton);
        var region = await ClusterSharding.Get(system).StartAsync(
            "entities",
            entity => Props.Create(() => new Writer(number, entity, usesRaft)),
            ClusterShardingSettings.Create(system),
            new EachInItsShard());
        if (usesRaft)
        {
            _ = ClaimLock(system, number);
        }

        await Task.WhenAll(Report(system), Wake(system, region));
        await system.WhenTerminated;
        return 0;
    }

    private static async Task Report(ActorSystem system)
    {
        var cluster = Cluster.Get(system);
        while (!system.WhenTerminated.IsCompleted)
        {
            var state = cluster.State;
            var up = state.Members.Where(member => member.Status == MemberStatus.Up).ToList();
            Console.WriteLine(Status.LineOf(
                [.. up.Select(member => $"{member.Address.Host}:{member.Address.Port}")],
                [.. state.Unreachable.Select(member => $"{member.Address.Host}:{member.Address.Port}")],
                isAll: up.Count == state.Members.Count));
            await Task.WhenAny(system.WhenTerminated, Task.Delay(StatusInterval));
        }
    }

    // A message creates an entity that does not run.
    private static async Task Wake(ActorSystem system, IActorRef region)
    {
        while (!system.WhenTerminated.IsCompleted)
        {
            foreach (var entity in Entities)
            {
                region.Tell(entity, ActorRefs.NoSender);
            }

            await Task.WhenAny(system.WhenTerminated, Task.Delay(WakeInterval));
        }
    }

    private static async Task ClaimLock(ActorSystem system, int number)
    {
        var coordination = RaftCoordination.Get(system);
        for (var life = 1; ; life++)
        {
            try
            {
                await using var held = await coordination.LockAsync(Lock);
                while (held.IsHeld)
                {
                    Console.WriteLine(Write.LineOf(Lock, $"{number}-{Environment.ProcessId}-{life}", held.Token));
                    await Task.Delay(Writer.Interval);
                }
            }
            catch (ObjectDisposedException)
            {
                return;
            }
            catch (Exception e)
            {
                Console.WriteLine($"the claim to the lock failed: {e.Message}");
            }
        }
    }
}

/// <summary>Each entity has a shard of its own, and a message to it is its name.</summary>
internal sealed class EachInItsShard : HashCodeMessageExtractor
{
    public EachInItsShard()
        : base(1)
    {
    }

    public override string EntityId(object message) => (string)message;

    public override string ShardId(string entityId, object? messageHint = null) => entityId;
}
