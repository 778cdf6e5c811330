namespace RaftActors.Benchmarks.Compare;

/// <summary>
/// Prints in Markdown the figures of RaftActors divided by those of a peer. A ratio is the median of the ratios within the same run,
/// with the lowest and the highest one.
/// </summary>
internal static class RatioTable
{
    public static void Print(IEnumerable<(Cell Cell, string Peer, List<CellRun> Ours, List<CellRun> Theirs)> rows)
    {
        Console.WriteLine("\nRaftActors / peer, by closed loops. A rate above 1 is better; a latency or cost below 1 is better.\n");
        Console.WriteLine("| cell | peer | ops/s | p50 | p99 | p99.9 | CPU/op | switches/op | other cores, highest |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|");
        foreach (var (cell, peer, ours, theirs) in rows)
        {
            var others = ours.Concat(theirs).Max(run => run.OtherCores);
            Console.WriteLine(FormattableString.Invariant(
                $"| {cell} | {peer} | {Ratio(run => run.Load.OperationsPerSecond)} | {Latency(0)} | {Latency(1)} | {Latency(2)} | ") +
                FormattableString.Invariant(
                    $"{Ratio(run => run.CpuMicrosecondsPerOperation)} | {Ratio(run => run.SwitchesPerOperation)} | {others:F2} |"));

            string Latency(int place) => Ratio(run => run.Load.Latencies[place]);

            string Ratio(Func<CellRun, double> figure)
            {
                double[] ratios = [.. ours.Zip(theirs, (our, their) => figure(our) / figure(their))];
                return FormattableString.Invariant(
                    $"{Percentile.Median(ratios, ratio => ratio):F2} ({ratios.Min():F2} to {ratios.Max():F2})");
            }
        }
    }
}
