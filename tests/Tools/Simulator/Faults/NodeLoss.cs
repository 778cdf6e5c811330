using RaftActors.Core;

namespace RaftActors.Simulator;

/// <summary>A node stops, and starts again with its disk.</summary>
/// <param name="Node">The number of the process on it.</param>
/// <param name="At">In microseconds of the simulation.</param>
/// <param name="Lasts">In microseconds.</param>
internal readonly record struct NodeLoss(int Node, long At, long Lasts)
{
    /// <summary>Draws losses with exponentially distributed times between them, independent for each node.</summary>
    /// <param name="up">The mean time until a running node is lost, in microseconds.</param>
    /// <param name="down">The mean time until a lost node runs again.</param>
    public static List<NodeLoss> Draw(ulong seed, int nodes, long begin, long end, long up, long down)
    {
        var losses = new List<NodeLoss>();
        for (var node = 0; node < nodes; node++)
        {
            var prng = new Prng((seed * 100) + (ulong)node);
            for (var at = begin + Exponential(prng, up); at < end;)
            {
                var lasts = Exponential(prng, down);
                losses.Add(new NodeLoss(node, at, lasts));
                at += lasts + Exponential(prng, up);
            }
        }

        return losses;
    }

    private static long Exponential(Prng prng, long mean) => 1 + (long)(-mean * Math.Log((1 + (prng.Next() >> 11)) / (double)(1UL << 53)));
}
