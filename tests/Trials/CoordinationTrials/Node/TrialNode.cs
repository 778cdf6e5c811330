using Akka.Actor;
using Akka.Cluster;

using CoordinationTrials.Check;

namespace CoordinationTrials.Node;

/// <summary>One node as a process: a cluster singleton, sharded entities, and a claim to a lock. All write to the register.</summary>
internal static class TrialNode
{
    public const string Singleton = "singleton";
    public const string Lock = "lock";

    private static readonly TimeSpan StatusInterval = TimeSpan.FromMilliseconds(250);

    public static IReadOnlyList<string> Entities { get; } = ["entity1", "entity2", "entity3", "entity4"];

    /// <summary>The time between two messages to an entity.</summary>
    public static TimeSpan WakeInterval { get; } = TimeSpan.FromMilliseconds(500);

    /// <summary>The hidden command of a node. Its argument is a <see cref="NodeSettings"/>.</summary>
    public static Command Command()
    {
        Argument<string> settings = new("settings");
        Command node = new("node") { settings };
        node.Hidden = true;
        node.SetAction((parsed, _) => Run(JsonSerializer.Deserialize<NodeSettings>(parsed.GetRequiredValue(settings))!));
        return node;
    }

    // Runs until the node is downed, leaves after SIGTERM, or its input ends.
    private static async Task<int> Run(NodeSettings settings)
    {
        var system = ActorSystem.Create(NodeConfig.System, NodeConfig.Of(settings));
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
        var (usesRaft, life) = (settings.Downing != Downing.KeepMajority, $"{settings.Number}-{Environment.ProcessId}");
        var region = await Holders.Start(system, life, usesRaft, ToOutput);
        if (usesRaft)
        {
            _ = ClaimLock(system, life);
        }

        var cluster = Cluster.Get(system);
        await Task.WhenAll(
            Again(system, StatusInterval, () => Console.WriteLine(
                Status.Of(cluster.State, address => $"{address.Host}:{address.Port}").ToLine())),
            Again(system, WakeInterval, () =>
            {
                foreach (var entity in Entities)
                {
                    region.Tell(entity, ActorRefs.NoSender);
                }
            }));
        await system.WhenTerminated;
        return 0;
    }

    private static void ToOutput(string resource, string instance, long? token) =>
        Console.WriteLine(Write.LineOf(resource, instance, token));

    private static async Task Again(ActorSystem system, TimeSpan interval, Action run)
    {
        while (!system.WhenTerminated.IsCompleted)
        {
            run();
            await Task.WhenAny(system.WhenTerminated, Task.Delay(interval));
        }
    }

    private static async Task ClaimLock(ActorSystem system, string life)
    {
        var coordination = RaftCoordination.Get(system);
        for (var holding = 1; ; holding++)
        {
            try
            {
                await using var held = await coordination.LockAsync(Lock);
                while (held.IsHeld)
                {
                    ToOutput(Lock, $"{life}-{holding}", held.Token);
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
