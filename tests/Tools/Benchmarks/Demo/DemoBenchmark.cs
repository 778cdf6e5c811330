using System.Diagnostics;

using RaftActors.Benchmarks.Cluster;

namespace RaftActors.Benchmarks.Demo;

/// <summary>Measures how fast the demo of four nodes forms its group, by the lines that it prints.</summary>
internal static class DemoBenchmark
{
    public const string Help = """
        demo [options]     measures the demo of four nodes: from its first line to the line of each mark

          --rounds N        runs of the demo; a few seconds each (default 30)
          --help            print this help

        A round fails if the demo does not reach a mark within a minute. The exit code is 1 if a round failed.
        """;

    // The demo prints it before it starts the first node.
    private const string Begin = "to stop press Ctrl-C";

    private static readonly TimeSpan WaitMax = TimeSpan.FromMinutes(1);

    /// <summary>The marks: a text of the demo, and its occurrence.</summary>
    private static readonly (string Name, string Text, int Occurrence)[] Marks =
    [
        ("four nodes started", "Starting node:", 4),
        ("quorum seen by the first", "Quorum built", 1),
        ("quorum seen by all four", "Quorum built", 4),
        ("leader elected", "I'm a leader of this quorum", 1),
        ("both other members know the leader", "Leader elected", 2),
        ("serial 5 at the first node", "Received append request with serial 5", 1),
        ("serial 5 at all four nodes", "Received append request with serial 5", 4),
        // The first process lacks three serials, and the fourth lacks four.
        ("all four hold serials 1 to 5", "Received requested serial", 7),
    ];

    /// <exception cref="UsageException">An option is unknown, or its value cannot be read.</exception>
    public static async Task<int> RunAsync(string[] words, CancellationToken stop)
    {
        var rounds = words switch
        {
            [] => 30,
            ["--rounds", var value] when OptionValue.Numbers(value) is [var number] => number,
            [var option, ..] => throw UsageException.Of(option, words.ElementAtOrDefault(1) ?? ""),
        };
        var reached = Marks.ToDictionary(mark => mark, _ => new List<double>());
        var progress = new Progress(rounds);
        for (var round = 0; round < rounds; round++)
        {
            await RunAsync(reached, stop);
            progress.Report($"{reached[Marks[^1]].Count} of {round + 1} rounds have reached all marks");
        }

        Console.WriteLine($"{ClusterBenchmark.AkkaVersion}\n\n| mark | reached | min ms | p50 ms | p90 ms | max ms |");
        Console.WriteLine("|---|---|---|---|---|---|");
        foreach (var mark in Marks)
        {
            var sorted = reached[mark].Order().ToArray();
            var figures = new[] { 0, 0.5, 0.9, 1 }.Select(share => sorted is []
                ? "-"
                : FormattableString.Invariant($"{Percentile.Of(sorted, share):F1}"));
            Console.WriteLine($"| {mark.Name} | {sorted.Length}/{rounds} | {string.Join(" | ", figures)} |");
        }

        return reached.Values.All(times => times.Count == rounds) ? 0 : 1;
    }

    private static async Task RunAsync(
        Dictionary<(string Name, string Text, int Occurrence), List<double>> reached, CancellationToken stop)
    {
        // Longer than all marks may take. This benchmark stops it.
        using var demo = ChildProcess.Start("dotnet", [Path.Combine(AppContext.BaseDirectory, "FourNodes.dll"), "--seconds", "600"]);
        await using var stopping = stop.Register(demo.Kill);
        var begin = await Find(Begin, 1);
        foreach (var mark in Marks)
        {
            if (begin is not null && await Find(mark.Text, mark.Occurrence) is { } line)
            {
                reached[mark].Add(Stopwatch.GetElapsedTime(begin.At, line.At).TotalMilliseconds);
            }
        }

        stop.ThrowIfCancellationRequested();
        demo.Send(Signal.Interrupt);
        await demo.Ended(WaitMax);

        Task<OutputLine?> Find(string text, int left) =>
            demo.Line(line => line.Text.Contains(text, StringComparison.Ordinal) && --left == 0, WaitMax);
    }
}
