using CoordinationTrials.Faults;

namespace CoordinationTrials.Check;

/// <summary>Adds the results of rounds.</summary>
public static class Totals
{
    private const int Nodes = FaultyCluster.Count;
    private const int Problems = 10;

    /// <summary>A table for each strategy, with a line for each fault and one for all, and the problems found.</summary>
    public static string Of(IEnumerable<RoundResult> results) => string.Join(
        '\n',
        results.GroupBy(each => each.Downing).OrderBy(each => each.Key, StringComparer.Ordinal)
            .Select(each => Table(each.Key, [.. each])));

    /// <summary>The round has ended more nodes than the fault may.</summary>
    public static bool IsMajorityLost(RoundResult result) => result.Ended.Count > Nodes - FaultyCluster.Majority;

    private static string Table(string downing, IReadOnlyList<RoundResult> results)
    {
        var table = new StringBuilder();
        foreach (var fault in results.GroupBy(each => each.Fault).OrderBy(each => each.Key, StringComparer.Ordinal))
        {
            table.AppendLine($"  {downing} {fault.Key}: {Line([.. fault])}");
        }

        table.Append($"  {downing} all: {Line(results)}");
        foreach (var problem in results.SelectMany(Found).Take(Problems))
        {
            table.Append($"\n    {problem}");
        }

        return table.ToString();
    }

    private static string Line(IReadOnlyList<RoundResult> results)
    {
        string[] parts =
        [
            $"{results.Count} rounds",
            $"{results.Sum(each => each.Problems.Count)} overlaps",
            $"{results.Sum(each => each.Accepted)} accepted",
            $"{results.Sum(each => each.Refused)} refused",
            $"{results.Sum(each => each.Ended.Count)} nodes ended",
            $"{results.Count(IsMajorityLost)} majorities lost",
            $"{results.Count(each => each.Ended.Count == Nodes)} clusters lost",
            $"{results.Sum(each => each.Stranded)} stranded",
            $"{results.Count(each => each.Failure is not null)} failed",
            $"fault {results.Average(each => each.FaultSeconds):0.0} s, recovery {results.Average(each => each.RecoverySeconds):0.0} s",
            .. results.SelectMany(each => each.Takeovers).GroupBy(each => each.Kind).OrderBy(each => each.Key, StringComparer.Ordinal)
                .Select(each => Percentiles(each.Key, [.. each.Select(takeover => takeover.Ms).Order()])),
        ];
        return string.Join(", ", parts);
    }

    private static string Percentiles(string kind, double[] sorted)
    {
        return $"{kind} p50 {At(50)} p99 {At(99)} max {sorted[^1] / 1000:0.0} s ({sorted.Length})";

        string At(int percent) => $"{sorted[(int)Math.Ceiling(sorted.Length * percent / 100.0) - 1] / 1000:0.0}";
    }

    private static IEnumerable<string> Found(RoundResult result)
    {
        var where = $"seed {result.Seed}, round {result.Round}, {result.Fault} ({result.Detail})";
        return
        [
            .. result.Problems.Select(each => $"{where}: {each}"),
            .. IsMajorityLost(result) ? [$"{where}: the nodes {string.Join(", ", result.Ended)} ended"] : Array.Empty<string>(),
            .. result.Failure is { } failure ? [$"{where}: {failure}"] : Array.Empty<string>(),
        ];
    }
}
