using System.Collections.Immutable;

namespace RaftActors.Core;

/// <summary>What a core is told once. Times are in ticks; how long a tick is, the shell decides.</summary>
public sealed record CoreOptions
{
    /// <summary>This process.</summary>
    public required Member Self { get; init; }

    /// <summary>The founding roster: the names of all N processes, the same on each of them.</summary>
    public required ImmutableArray<ProcessName> Roster { get; init; }

    /// <summary>The largest quorum: odd, 3 to 11.</summary>
    public int MaxQuorum { get; init; } = 11;

    /// <summary>
    /// The shortest election timeout (§5.2); each is drawn at random from here up to <see cref="ElectionTimeoutMaxTicks"/>.
    /// </summary>
    public int ElectionTimeoutMinTicks { get; init; } = 20;

    /// <summary>The longest election timeout, included.</summary>
    public int ElectionTimeoutMaxTicks { get; init; } = 40;

    /// <summary>Between two heartbeats of a leader; well below the shortest election timeout.</summary>
    public int HeartbeatTicks { get; init; } = 5;

    /// <summary>
    /// After a hint that the leader is gone the first of the voters, by name, campaigns at once, and each next one so much later: apart
    /// enough that they do not split the votes.
    /// </summary>
    public int HintStaggerTicks { get; init; } = 1;

    /// <summary>How long the founding waits for all N before it goes on with those that it needs.</summary>
    public int FoundingTimeoutTicks { get; init; } = 200;

    /// <summary>The identity that the group gets if this process founds it.</summary>
    public required GroupUid FoundingUid { get; init; }

    /// <summary>Decides every random choice: same seed and inputs, same effects.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Entries in one AppendEntries at most.</summary>
    public int MaxEntriesPerMessage { get; init; } = 256;

    /// <summary>
    /// Bytes of keys and values in one AppendEntries at most, or one entry if that alone has more: transports refuse what is too large,
    /// and what is refused once would be for ever.
    /// </summary>
    public int MaxBytesPerMessage { get; init; } = 64_000;

    internal void Check()
    {
        Demand(Self.Incarnation != Incarnation.None, "Self needs an incarnation");
        Demand(Roster.Contains(Self.Name), $"the roster does not contain {Self.Name}");
        Demand(Roster.Distinct().Count() == Roster.Length, "the roster contains a name twice");
        Demand(MaxQuorum is >= 3 and <= 11 && MaxQuorum % 2 == 1, "MaxQuorum must be odd, from 3 to 11");
        Demand(FoundingUid != GroupUid.None, "FoundingUid must be an identity");
        Demand(HintStaggerTicks >= 0, "HintStaggerTicks must not be negative");
        Demand(HeartbeatTicks >= 1, "HeartbeatTicks must be positive");
        Demand(ElectionTimeoutMinTicks > HeartbeatTicks, "ElectionTimeoutMinTicks must be above HeartbeatTicks");
        Demand(ElectionTimeoutMaxTicks >= ElectionTimeoutMinTicks, "ElectionTimeoutMaxTicks must not be below ElectionTimeoutMinTicks");
        Demand(MaxEntriesPerMessage >= 1, "MaxEntriesPerMessage must be positive");
        Demand(MaxBytesPerMessage >= 1, "MaxBytesPerMessage must be positive");
    }

    private static void Demand(bool holds, string demand)
    {
        if (!holds)
        {
            throw new ArgumentException($"Raft options: {demand}.");
        }
    }
}

/// <summary>What a process starts from: what its store gave back, or a preloaded log in an empty one.</summary>
/// <param name="HardState">Term, vote and recorded incarnations.</param>
/// <param name="Log">All entries from index 1, durable already; preloaded ones bear term 0 (<see cref="Preload"/>).</param>
public sealed record InitialState(HardState HardState, ImmutableArray<LogEntry> Log)
{
    /// <summary>An empty store.</summary>
    public static InitialState Empty { get; } = new(new HardState(Term.Zero, null, []), []);
}
