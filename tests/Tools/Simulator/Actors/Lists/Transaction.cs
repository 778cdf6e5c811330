using System.Collections.Immutable;

namespace RaftActors.Simulator.Actors.Lists;

/// <summary>A transaction of a client and its end.</summary>
/// <param name="Number">Its number in the run, for people.</param>
/// <param name="Steps">Its steps. Reads have what they observed if it ended as done.</param>
/// <param name="CalledAt">The time of the call, in any unit.</param>
/// <param name="EndedAt">The time of the answer; null: none came.</param>
internal sealed record Transaction(int Number, ImmutableArray<Step> Steps, long CalledAt, long? EndedAt, Ending Ending);

/// <summary>One step of a transaction.</summary>
internal abstract record Step(int Key)
{
    /// <summary>Appends an element. No other step of the run appends it to this key.</summary>
    internal sealed record Append(int Key, int Element) : Step(Key);

    /// <param name="Observed">The list that it found; empty: none.</param>
    internal sealed record Read(int Key, ImmutableArray<int> Observed) : Step(Key);
}

/// <summary>How a transaction ended.</summary>
internal enum Ending
{
    /// <summary>It took effect.</summary>
    Done,

    /// <summary>It never takes effect.</summary>
    Failed,

    /// <summary>It took effect, will, or never will.</summary>
    Unknown,
}
