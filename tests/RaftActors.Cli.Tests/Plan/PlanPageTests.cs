using System.Globalization;
using System.Text.RegularExpressions;

using RaftActors.Cli.Plan;

namespace RaftActors.Cli.Tests.Plan;

/// <summary>The page shows what the program prints.</summary>
public sealed partial class PlanPageTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(Root(), "docs", "how-to", "size-a-cluster.md"));

    [Fact]
    public void Command_prints_the_block_of_the_page()
    {
        const string Command = "raft plan --sync 2ms --round-trip 500us --payload 1kB --state 2GB";

        var run = Run.Here(Command.Split(' ')[1..]);

        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.Contains($"```\n$ {Command}\n{run.Output}```\n", Page);
    }

    // The clients of the benchmark have keys of three bytes. A round trip took 60 us.
    [Fact]
    public void Planned_figures_of_the_table_are_those_of_the_model()
    {
        var rows = Rows().Matches(Page);

        Assert.Equal(12, rows.Count);
        Assert.All(rows, row =>
        {
            var model = new GroupModel
            {
                PayloadBytes = Number(row, "payload") + 3,
                Sync = TimeSpan.FromMicroseconds(Number(row, "sync")),
                SyncMost = TimeSpan.FromMicroseconds(Number(row, "most")),
                RoundTrip = TimeSpan.FromMicroseconds(60),
                SharedCores = 2,
            };
            var (_, rate, median, most) = model.At((int)Number(row, "callers"));
            Assert.Equal(Number(row, "rate"), Math.Round(rate));
            Assert.Equal(Number(row, "p50"), Math.Round(median.TotalMicroseconds));
            Assert.Equal(Number(row, "p99"), Math.Round(most.TotalMicroseconds));
        });
    }

    // A cell is planned (planned to measured). A store in memory has no sync.
    [GeneratedRegex(
        @"^\| (memory|file), (?<callers>\d+) clients?, (?<payload>\d+) B \| ((?<sync>\d+) / (?<most>\d+) )?"
        + @"\| (?<rate>\S+) \(\S+\) \| (?<p50>\S+) \(\S+\) \| (?<p99>\S+) \(\S+\) \|$",
        RegexOptions.Multiline)]
    private static partial Regex Rows();

    private static long Number(Match row, string name) =>
        row.Groups[name].Value is "" ? 0 : long.Parse(row.Groups[name].Value, NumberStyles.AllowThousands, CultureInfo.InvariantCulture);

    internal static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "RaftActors.sln")))
        {
            folder = folder.Parent;
        }

        return folder.FullName;
    }
}
