using Akka.Configuration;
using Akka.Event;

namespace Akka.Actor;

/// <summary>
/// Terminates an actor system in phases, one after the other. The tasks of one phase run concurrently. A task that fails or exceeds
/// its phase's timeout is logged, and the next phase begins.
/// </summary>
public sealed class CoordinatedShutdown : IExtension
{
    public const string PhaseBeforeServiceUnbind = "before-service-unbind";
    public const string PhaseServiceUnbind = "service-unbind";
    public const string PhaseServiceRequestsDone = "service-requests-done";
    public const string PhaseServiceStop = "service-stop";
    public const string PhaseBeforeClusterShutdown = "before-cluster-shutdown";
    public const string PhaseClusterShardingShutdownRegion = "cluster-sharding-shutdown-region";
    public const string PhaseClusterLeave = "cluster-leave";
    public const string PhaseClusterExiting = "cluster-exiting";
    public const string PhaseClusterExitingDone = "cluster-exiting-done";
    public const string PhaseClusterShutdown = "cluster-shutdown";
    public const string PhaseBeforeActorSystemTerminate = "before-actor-system-terminate";
    public const string PhaseActorSystemTerminate = "actor-system-terminate";

    /// <summary>The phases in the order in which they run.</summary>
    private static readonly string[] Phases =
    [
        PhaseBeforeServiceUnbind, PhaseServiceUnbind, PhaseServiceRequestsDone, PhaseServiceStop, PhaseBeforeClusterShutdown,
        PhaseClusterShardingShutdownRegion, PhaseClusterLeave, PhaseClusterExiting, PhaseClusterExitingDone, PhaseClusterShutdown,
        PhaseBeforeActorSystemTerminate, PhaseActorSystemTerminate,
    ];

    private readonly Lock _lock = new();
    private readonly List<(string Phase, string Name, Func<Task<Done>> Task)> _tasks = [];
    private Task<Done>? _run;

    internal CoordinatedShutdown(ActorSystemImpl system)
    {
        System = system;
        if (system.Settings.CoordinatedShutdownTerminateActorSystem)
        {
            AddTask(PhaseActorSystemTerminate, "terminate-system", async () =>
            {
                await system.FinalTerminate().ConfigureAwait(false);
                return Done.Instance;
            });
        }
    }

    public ExtendedActorSystem System { get; }

    /// <summary>The reason of the shutdown. Null before it runs.</summary>
    public Reason? ShutdownReason { get; private set; }

    public static CoordinatedShutdown Get(ActorSystem sys) => new CoordinatedShutdownExtension().Apply(sys);

    /// <summary>Adds a task to a phase. The task does not run if the phase has begun already.</summary>
    /// <exception cref="ConfigurationException">The phase is unknown.</exception>
    public void AddTask(string phase, string taskName, Func<Task<Done>> task)
    {
        if (!Phases.Contains(phase))
        {
            throw new ConfigurationException($"Unknown phase [{phase}], known phases [{string.Join(", ", Phases)}].");
        }

        lock (_lock)
        {
            _tasks.Add((phase, taskName, task));
        }
    }

    /// <summary>Runs all phases, or those from the given one on. Only the first call runs them. All calls return the same task.</summary>
    public Task<Done> Run(Reason reason, string? fromPhase = null)
    {
        var begin = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<Done> run;
        lock (_lock)
        {
            ShutdownReason ??= reason;
            run = _run ??= RunPhasesAsync(begin.Task, Math.Max(0, Array.IndexOf(Phases, fromPhase)));
        }

        // Outside of the lock, so that tasks may call this object. If another call came first, completing this has no effect.
        begin.SetResult();
        return run;
    }

    /// <summary>Returns the timeout of a phase.</summary>
    public TimeSpan Timeout(string phase)
    {
        // Justification: both defaults are in the reference configuration.
        var config = System.Settings.Config.GetConfig("akka.coordinated-shutdown")!;
        return config.GetTimeSpan($"phases.{phase}.timeout", config.GetTimeSpan("default-phase-timeout"));
    }

    private async Task<Done> RunPhasesAsync(Task begin, int first)
    {
        await begin.ConfigureAwait(false);
        foreach (var phase in Phases.Skip(first))
        {
            Task[] running;
            lock (_lock)
            {
                running = [.. _tasks.Where(one => one.Phase == phase).Select(one => RunTaskAsync(phase, one.Name, one.Task))];
            }

            await Task.WhenAll(running).ConfigureAwait(false);
        }

        return Done.Instance;
    }

    private async Task RunTaskAsync(string phase, string name, Func<Task<Done>> task)
    {
        // Without this, the task would start under the caller's lock.
        await Task.Yield();
        try
        {
            await task().WaitAsync(Timeout(phase)).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            System.Log.Warning("Coordinated shutdown phase [{0}]: task [{1}] timed out after {2}.", phase, name, Timeout(phase));
        }
        catch (Exception failure)
        {
            System.Log.Warning(failure, "Coordinated shutdown phase [{0}]: task [{1}] failed.", phase, name);
        }
    }

    /// <summary>The reason for a shutdown. A program cannot add one here: versions of Akka.NET differ in its abstract members.</summary>
    public class Reason
    {
        private protected Reason()
        {
        }
    }

    public class ActorSystemTerminateReason : Reason
    {
        public static readonly Reason Instance = new ActorSystemTerminateReason();

        private ActorSystemTerminateReason()
        {
        }
    }

    public class ClrExitReason : Reason
    {
        public static readonly Reason Instance = new ClrExitReason();

        private ClrExitReason()
        {
        }
    }

    public class ClusterDowningReason : Reason
    {
        public static readonly Reason Instance = new ClusterDowningReason();

        private ClusterDowningReason()
        {
        }
    }

    public class ClusterLeavingReason : Reason
    {
        public static readonly Reason Instance = new ClusterLeavingReason();

        private ClusterLeavingReason()
        {
        }
    }
}

public sealed class CoordinatedShutdownExtension : ExtensionIdProvider<CoordinatedShutdown>
{
    public CoordinatedShutdownExtension()
    {
    }

    public override CoordinatedShutdown CreateExtension(ExtendedActorSystem system) => new((ActorSystemImpl)system);
}
