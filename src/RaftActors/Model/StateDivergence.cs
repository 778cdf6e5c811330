using System.Collections.Immutable;

namespace RaftActors;

/// <summary>
/// The actors of a group have come to different results, or to different states, from the same pairs. So HandleAppend is not
/// deterministic, or the processes run programs with different rules.
/// </summary>
internal sealed record StateDivergence
{
    internal StateDivergence(SerialRange serials, ImmutableArray<ImmutableArray<ProcessName>> sides, bool hasMajority) =>
        (Serials, Sides, HasMajority) = (serials, sides, hasMajority);

    /// <summary>The pairs in which the difference was first seen, at most 4,096. HandleDigest may show one that began before.</summary>
    public SerialRange Serials { get; }

    /// <summary>The processes with equal results, the most numerous first. A process whose actor was not compared is in none.</summary>
    public ImmutableArray<ImmutableArray<ProcessName>> Sides { get; }

    /// <summary>The first of the <see cref="Sides"/> has more than half of the members.</summary>
    public bool HasMajority { get; }

    /// <summary>What the process does to get the state of the majority, as sentences for people. Null: nothing.</summary>
    internal string? Rebuild { get; init; }

    /// <summary>The process has another state than a majority, or there is no majority.</summary>
    internal bool Concerns(ProcessName process) => !HasMajority || !Sides[0].Contains(process);

    /// <inheritdoc/>
    public bool Equals(StateDivergence? other) =>
        other is not null && Serials == other.Serials && HasMajority == other.HasMajority && HasSidesOf(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Serials, Sides.Length);

    /// <summary>Returns a clause with the cause, and a sentence with the remedy.</summary>
    public override string ToString() =>
        $"the actors differ in serials {Serials.First} to {Serials.Last}: {Describe(name => name.Value)}"
        + $"{(HasMajority ? " (the first side is the majority)" : "")}. HandleAppend gave them different results, so look for the cause in "
        + "it, or for different programs. "
        + (Rebuild ?? "Then stop the nodes of the wrong side, run 'raft log forget' for the group, and start them.");

    /// <summary>The sides, as text for people.</summary>
    internal string Describe(Func<ProcessName, string> show) =>
        string.Join(" and ", Sides.Select(side => string.Join(", ", side.Select(show))));

    internal bool HasSidesOf(StateDivergence other) =>
        Sides.Length == other.Sides.Length && Sides.Zip(other.Sides).All(pair => pair.First.SequenceEqual(pair.Second));
}
