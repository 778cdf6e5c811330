using System.Globalization;

namespace RaftActors.Simulator;

/// <summary>Runs plain groups and writes their traces.</summary>
internal static class TracedBatch
{
    /// <summary>What stands for the number of the seed in the name of a file.</summary>
    public const string SeedMark = "{seed}";

    public static int Run(ulong first, ulong last, FaultSet faults, string file, int events, int jobs, TextWriter output)
    {
        var failures = new SortedDictionary<ulong, Violation>();
        var (totals, traced, bytes) = (new Totals(), 0L, 0L);
        var seeds = Enumerable.Range(0, (int)(last - first + 1)).Select(offset => first + (ulong)offset);
        Parallel.ForEach(seeds, new ParallelOptions { MaxDegreeOfParallelism = jobs }, seed =>
        {
            var trace = new TlaTrace(events);
            var result = SeedResult.OfPlain(seed, faults, trace);
            var path = file.Replace(SeedMark, seed.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
            using (var writer = new StreamWriter(path))
            {
                trace.Write(writer);
            }

            lock (totals)
            {
                totals.Add(result.Totals);
                (traced, bytes) = (traced + Math.Min(trace.Events, events), bytes + new FileInfo(path).Length);
                if (result.Violation is { } violation)
                {
                    failures.Add(seed, violation);
                }
            }
        });
        foreach (var (seed, violation) in failures)
        {
            output.WriteLine($"seed {seed} FAILS: {violation.Checker}: {violation.Message}");
        }

        output.WriteLine($"{totals}; {traced} events traced in {bytes / 1024} KiB");
        output.WriteLine(failures.Count == 0 ? "nothing was violated" : $"{failures.Count} seeds FAILED");
        return failures.Count == 0 ? 0 : 1;
    }
}
