namespace RaftActors.Testing.Simulation;

/// <summary>What may go wrong in a simulation.</summary>
[Flags]
public enum SimulationFaults
{
    /// <summary>The network only delays messages, for up to 2 ms.</summary>
    None = 0,

    /// <summary>
    /// Nodes lose their power, or their processes are killed, which resets their connections. They start again with what their disk has
    /// kept.
    /// </summary>
    Crashes = 1,

    /// <summary>Nodes stand still for a while, as at a pause of the garbage collector or of a virtual machine.</summary>
    Pauses = 2,

    /// <summary>
    /// Bytes between some nodes do not arrive, until the end of the cut or of their connection: in both directions or in one, at times only
    /// between nodes that a third one still reaches, and at times with interruptions.
    /// </summary>
    Partitions = 4,

    /// <summary>For a while the network is slow and resets connections.</summary>
    BadNetwork = 8,

    /// <summary>Disks are slow for a while.</summary>
    SlowDisks = 16,

    /// <summary>Disks are full or nearly full for a while.</summary>
    FullDisks = 32,

    /// <summary>The time of day of a node jumps by up to 15 s, forwards or backwards. Its timers and measured durations do not.</summary>
    ClockSteps = 64,

    /// <summary>All of them.</summary>
    All = Crashes | Pauses | Partitions | BadNetwork | SlowDisks | FullDisks | ClockSteps,
}
