using Akka.Actor;

using RaftActors;

namespace RaftTrials.Faults;

/// <summary>
/// An actor that is not deterministic, and when its replicas differ. The tests of the analyzers read the code of these actors, those of the
/// simulation run them on one thread, and the trial <c>faults</c> runs them in three processes.
/// </summary>
/// <param name="Name">What the actor depends on.</param>
/// <param name="Simulated">When the nodes of a simulation differ, which are in one process.</param>
/// <param name="InProcesses">When nodes differ that are processes of one machine.</param>
/// <param name="Actor">The type of the actor.</param>
/// <param name="Suspect">The place that a simulation names. Null: it names none.</param>
internal sealed record Fault(string Name, Moment Simulated, Moment InProcesses, Type Actor, string? Suspect = null)
{
    public static IReadOnlyList<Fault> All { get; } =
    [
        new("clock", Moment.FirstBad, Moment.FirstBad, typeof(Clock), "Clock.Apply calls DateTime.UtcNow"),
        new("clock-field", Moment.FirstBad, Moment.FirstBad, typeof(ClockField), "ClockField.the constructor calls DateTime.UtcNow"),
        new("random", Moment.FirstBad, Moment.FirstBad, typeof(SharedRandom), "SharedRandom.Apply calls Random.Shared"),
        new("random-field", Moment.FirstBad, Moment.FirstBad, typeof(OwnRandom), "OwnRandom.the constructor calls Random.the constructor"),
        new("new-id", Moment.FirstBad, Moment.FirstBad, typeof(NewId), "NewId.Apply calls Guid.NewGuid"),
        new("text-hash", Moment.Never, Moment.FirstBad, typeof(TextHash)),
        new("combined-hash", Moment.Never, Moment.FirstBad, typeof(CombinedHash)),
        new("object-hash", Moment.FirstBad, Moment.Chance, typeof(ObjectHash), "ObjectHash.Apply calls Object.GetHashCode"),
        new("static", Moment.FirstBad, Moment.Restore, typeof(Static)),
        new("environment", Moment.Never, Moment.FirstBad, typeof(Limit)),
        new("process-id", Moment.Never, Moment.FirstBad, typeof(ProcessId)),
        new("thread-id", Moment.Never, Moment.Chance, typeof(ThreadId)),
        new("memory", Moment.FirstBad, Moment.FirstBad, typeof(Memory), "Memory.Apply calls GC.GetTotalAllocatedBytes"),
        new("task", Moment.Chance, Moment.Chance, typeof(Background)),
        new("hashed-order", Moment.Never, Moment.FirstBad, typeof(HashedOrder)),
        new("restored-order", Moment.Restore, Moment.Restore, typeof(RestoredOrder)),
        new("parallel-sum", Moment.Chance, Moment.Chance, typeof(ParallelSum)),
        new("culture", Moment.Never, Moment.FirstBad, typeof(Culture)),
        new("own-name", Moment.FirstBad, Moment.FirstBad, typeof(OwnName)),
        new("leader", Moment.FirstBad, Moment.FirstBad, typeof(Leads)),
    ];

    public ActorBase Create(RaftOptions<string>? options = null) =>
        (ActorBase)Activator.CreateInstance(Actor, options)!; // Justification: the type of an actor.
}

/// <summary>When replicas with a fault give different results.</summary>
internal enum Moment
{
    /// <summary>All have the same clock, hash or setting.</summary>
    Never,

    /// <summary>At the pair <see cref="Faulty.FirstBad"/>.</summary>
    FirstBad,

    /// <summary>At one of many pairs.</summary>
    Chance,

    /// <summary>At the first pair after one of them began from a snapshot.</summary>
    Restore,
}
