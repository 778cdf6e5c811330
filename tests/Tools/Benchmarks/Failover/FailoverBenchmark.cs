namespace RaftActors.Benchmarks.Failover;

/// <summary>Measures the failovers of each fault, and prints their distribution.</summary>
internal static class FailoverBenchmark
{
    private static readonly (string Name, double Share)[] Percentiles =
        [("min", 0), ("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("max", 1)];

    public static async Task<int> RunAsync(FailoverArguments arguments, CancellationToken stop)
    {
        Console.WriteLine(
            $"{ClusterBenchmark.AkkaVersion}. Election timeouts {arguments.MinMilliseconds} to {arguments.MaxMilliseconds} ms.");
        using var csv = arguments.Csv is { } file ? new StreamWriter(file) : null;
        csv?.WriteLine("fault,round,leader_ms,commit_ms,terms");
        var rows = new List<string>();
        var progress = new Progress(arguments.Faults.Count * arguments.Rounds);
        foreach (var fault in arguments.Faults)
        {
            var busy = BusyCores.Now;
            var rounds = await MeasureAsync(arguments, fault, csv, progress, stop);
            var after = BusyCores.Now;
            rows.Add(Row(fault, "new leader", rounds, round => round.Led));
            rows.Add(Row(fault, "first commit", rounds, round => round.Committed));
            rows.Add(FormattableString.Invariant(
                $"\n{fault}: more than one term in {rounds.Count(round => round.Terms > 1)} of {rounds.Count} rounds; ") +
                FormattableString.Invariant($"busy cores of the machine, in all: {(after.Busy - busy.Busy) / (after.At - busy.At):F2}\n"));
        }

        Console.WriteLine($"\n| fault | until | {string.Join(" | ", Percentiles.Select(one => $"{one.Name} ms"))} |");
        Console.WriteLine($"|---|---|{string.Concat(Percentiles.Select(_ => "---|"))}");
        rows.Where(row => row[0] == '|').ToList().ForEach(Console.WriteLine);
        rows.Where(row => row[0] != '|').ToList().ForEach(Console.Write);
        return 0;
    }

    private static async Task<List<Failover>> MeasureAsync(
        FailoverArguments arguments, string fault, StreamWriter? csv, Progress progress, CancellationToken stop)
    {
        using var group = new FailoverGroup(arguments);
        await using var stopping = stop.Register(group.Kill);
        var rounds = new List<Failover>();
        try
        {
            await group.AwaitLeaderAsync();
            await Console.Error.WriteLineAsync($"{fault}: the group has a leader");
            while (rounds.Count < arguments.Rounds)
            {
                var round = await group.RunAsync(kills: fault == "kill");
                stop.ThrowIfCancellationRequested();
                rounds.Add(round);
                var (led, committed) = (round.Led.TotalMilliseconds, round.Committed.TotalMilliseconds);
                csv?.WriteLine(FormattableString.Invariant($"{fault},{rounds.Count},{led:F2},{committed:F2},{round.Terms}"));
                csv?.Flush();
                progress.Report(FormattableString.Invariant(
                    $"{fault}: leader {led:F0} ms, commit {committed:F0} ms, {round.Terms} term(s)"));
            }
        }
        catch (TimeoutException) when (stop.IsCancellationRequested)
        {
            throw new OperationCanceledException(stop);
        }

        return rounds;
    }

    private static string Row(string fault, string until, IEnumerable<Failover> rounds, Func<Failover, TimeSpan> figure)
    {
        var sorted = rounds.Select(round => figure(round).TotalMilliseconds).Order().ToArray();
        var cells = Percentiles.Select(one => FormattableString.Invariant($"{Percentile.Of(sorted, one.Share):F1}"));
        return $"| {fault} | {until} | {string.Join(" | ", cells)} |";
    }
}
