namespace RaftActors.Testing.DiskModel;

/// <summary>A power cut, and one of the disks that it may leave. ToString lists the fates that were chosen.</summary>
/// <param name="Operations">The number of operations before the cut.</param>
internal sealed record PowerCut(int Operations, IReadOnlyList<OpenPoint> Open, IReadOnlyList<Fate> Fates, DiskImage Found)
{
    /// <summary>All combinations of fates if they are few, otherwise the extremes and random samples.</summary>
    /// <param name="state">The disk at the moment of the cut.</param>
    /// <param name="operations">The number of operations before the cut.</param>
    /// <param name="few">Up to this number, all combinations are returned.</param>
    /// <param name="samples">The number of random samples otherwise.</param>
    public static IEnumerable<PowerCut> Of(DiskState state, int operations, int few, int samples)
    {
        var open = state.Open();
        var combinations = open.Aggregate(1L, (product, point) => Math.Min(few + 1L, product * point.Fates.Length));
        var all = combinations <= few
            ? All(open, (int)combinations)
            : Extremes(open).Concat(Samples(open, new Random(operations), samples));
        return all.Select(fates => Of(state, operations, open, fates));
    }

    public override string ToString() => Open.Count == 0
        ? $"cut after operation {Operations}, all of it safe"
        : $"cut after operation {Operations}:\n  "
            + string.Join("\n  ", Open.Zip(Fates, (point, fate) => $"{fate}: {point.Operation} {point.What}"));

    private static PowerCut Of(DiskState state, int operations, List<OpenPoint> open, List<Fate> fates)
    {
        var fateOf = open.Zip(fates).ToDictionary(pair => pair.First, pair => pair.Second);
        return new PowerCut(operations, open, fates, state.Found(point => fateOf[point]));
    }

    private static IEnumerable<List<Fate>> All(List<OpenPoint> open, int combinations)
    {
        for (var number = 0; number < combinations; number++)
        {
            var rest = number;
            yield return open.ConvertAll(point =>
            {
                (rest, var place) = Math.DivRem(rest, point.Fates.Length);
                return point.Fates[place];
            });
        }
    }

    /// <summary>All kept, all lost, and each single point different from all others.</summary>
    private static IEnumerable<List<Fate>> Extremes(List<OpenPoint> open)
    {
        foreach (var others in new[] { Fate.Kept, Fate.Lost })
        {
            yield return open.ConvertAll(_ => others);
            foreach (var point in open)
            {
                foreach (var fate in point.Fates.Where(fate => fate != others))
                {
                    yield return open.ConvertAll(other => ReferenceEquals(other, point) ? fate : others);
                }
            }
        }
    }

    private static IEnumerable<List<Fate>> Samples(List<OpenPoint> open, Random random, int samples) =>
        Enumerable.Range(0, samples).Select(_ => open.ConvertAll(point => point.Fates[random.Next(point.Fates.Length)]));
}
