namespace RaftActors.Simulator.Exhaustive;

/// <summary>The kinds of events at one process.</summary>
internal enum InputKind
{
    /// <summary>A message comes. It stays in the network, and may come again.</summary>
    Deliver,

    /// <summary>The election timeout is over.</summary>
    Timeout,

    /// <summary>The process no longer holds to its leader (stickiness), and its election timeout is not over.</summary>
    Wait,

    /// <summary>A tick of a leader, which sends heartbeats.</summary>
    Heartbeat,

    /// <summary>A client proposes a pair.</summary>
    Propose,

    /// <summary>The oldest write under way is durable.</summary>
    Write,

    /// <summary>The process is killed and starts again from its disk. Writes under way are lost.</summary>
    Crash,

    /// <summary>An operator assigns the voters.</summary>
    Change,

    /// <summary>The application takes a snapshot of all that was delivered.</summary>
    Snapshot,

    /// <summary>A client reads.</summary>
    Read,

    /// <summary>An operator transfers the leadership.</summary>
    Transfer,

    /// <summary>The shell reaches another process. Only before the events of a scope begin.</summary>
    Reach,
}

/// <summary>An event at one process.</summary>
/// <param name="Argument">Deliver: the number of the message. Propose and Read: the number of the pair or read. Change: the voters, a bit
/// for each. Transfer and Reach: the number of the other process.</param>
internal readonly record struct LocalInput(InputKind Kind, int Argument = 0)
{
    private const int ArgumentBits = 24;

    /// <summary>The input as one number.</summary>
    public int Packed => ((int)Kind << ArgumentBits) | Argument;

    public static LocalInput Unpack(int packed) => new((InputKind)(packed >> ArgumentBits), packed & ((1 << ArgumentBits) - 1));
}
