using RaftActors.Core;

namespace RaftActors.Simulator.Exhaustive;

/// <summary>The result of one input in one state of a process.</summary>
/// <param name="Next">The number of the next state.</param>
/// <param name="Sent">The numbers of the messages sent.</param>
internal sealed record LocalStep(int Next, int[] Sent)
{
    /// <summary>The configuration by which the process was elected; null if it was not.</summary>
    public Configuration? ElectedBy { get; init; }

    /// <summary>The configurations before and after entries were delivered; null if none were.</summary>
    public (Configuration Before, Configuration After)? CommittedBy { get; init; }

    /// <summary>A read that may be answered at this index; null if there is none.</summary>
    public (long Read, long Index)? Answered { get; init; }

    /// <summary>The property that did not hold; null if all held. Then there is no next state.</summary>
    public Violation? Violation { get; init; }
}
