using RaftActors.Simulator.Specification;

namespace RaftActors.Simulator;

/// <summary>
/// The entry point for the replay of the specification in the assembly of a mutant. Its parameters and result are types of the base
/// library.
/// </summary>
internal static class ReplayMutantEntry
{
    /// <summary>Replays traces until a Core differs from the specification.</summary>
    /// <returns>The number of the trace and the difference; null if no trace shows one.</returns>
    public static (int Trace, string Difference)? Run(string file)
    {
        using var compressed = File.OpenRead(file);
        var traces = SpecifiedStep.ReadTraces(compressed);
        for (var i = 0; i < traces.Count; i++)
        {
            if (SpecificationReplay.FirstDifference(traces[i]) is { } difference)
            {
                return (i, difference);
            }
        }

        return null;
    }
}
