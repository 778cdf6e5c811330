using System.Collections.Concurrent;

using RaftActors.Simulator.Specification;

namespace RaftActors.Simulator;

/// <summary>
/// The entry point for the replay of the specification in the assembly of a mutant. Its parameters and result are types of the base
/// library.
/// </summary>
internal static class ReplayMutantEntry
{
    // The bugs that share an assembly share the traces.
    private static readonly ConcurrentDictionary<string, List<List<SpecifiedStep>>> Traces = [];

    /// <summary>Replays traces until a Core differs from the specification.</summary>
    /// <returns>The number of the trace and the difference; null if no trace shows one.</returns>
    public static (int Trace, string Difference)? Run(string file)
    {
        var traces = Traces.GetOrAdd(file, static file =>
        {
            using var compressed = File.OpenRead(file);
            return SpecifiedStep.ReadTraces(compressed);
        });
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
