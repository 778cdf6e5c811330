using System.Reflection;

using Akka.Util;

using RaftActors.Settings;

namespace RaftActors.Testing.Simulation;

/// <summary>Gives this thread to a simulation: clock, random numbers, threads and disks are those of its world until Dispose.</summary>
internal sealed class SimulatedThread : IDisposable
{
    // Akka.NET draws the uids of actors from it, which are in the paths that messages carry. Null: this version of Akka.NET has another
    // one, and the messages of two runs differ in length.
    private static readonly ThreadLocal<Random>? AkkaRandom =
        typeof(ThreadLocalRandom).GetField("_rng", BindingFlags.Static | BindingFlags.NonPublic)?.GetValue(null) as ThreadLocal<Random>;

    private readonly SynchronizationContext? _outer = SynchronizationContext.Current;

    public SimulatedThread(World world)
    {
        Machine.Use(new SimulatedMachine(world));
        UseAkkaRandom(new Random((int)world.Prng.Next()));
        SynchronizationContext.SetSynchronizationContext(null);
    }

    public void Dispose()
    {
        Machine.Use(null);
        UseAkkaRandom(new Random());
        SynchronizationContext.SetSynchronizationContext(_outer);
    }

    private static void UseAkkaRandom(Random random)
    {
        if (AkkaRandom is { } own)
        {
            own.Value = random;
        }
    }
}
