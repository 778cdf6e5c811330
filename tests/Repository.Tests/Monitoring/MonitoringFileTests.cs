using System.Text.Json;

namespace Repository.Tests.Monitoring;

/// <summary>
/// The files in docs/monitoring and the table of alerts are what the instruments and the health rules of the packages say.
/// <c>RAFTACTORS_REWRITE=1 dotnet test tests/Repository.Tests</c> writes them.
/// </summary>
public sealed partial class MonitoringFileTests
{
    private const string AlertFile = "docs/monitoring/raft-alerts.yml";
    private const string BoardFile = "docs/monitoring/raft-board.json";
    private const string Page = "docs/monitoring.md";
    private const string Head = "| alert | severity | condition | for | what to do |\n|---|---|---|---|---|\n";

    [Fact]
    public void Files_and_table_are_those_of_the_instruments_and_health_rules()
    {
        var alerts = string.Concat(Alert.All.Select(alert => $$"""
                  - alert: {{alert.Name}}
                    expr: {{Quote(alert.Expr)}}
                    for: {{alert.For}}
                    labels:
                      severity: {{alert.Severity}}
                    annotations:
                      summary: {{Quote(alert.Summary)}}
                      description: {{Quote($"{alert.Summary} {alert.Remedy}")}}

            """));
        var rows = string.Concat(Alert.All.Select(alert =>
            $"| `{alert.Name}` | {alert.Severity} | {Plain(alert.When)} | {alert.For} | {alert.Remedy} |\n"));
        var page = Repository.Read(Page).Split(Head);
        var after = page[1][page[1].IndexOf("\n\n", StringComparison.Ordinal)..].TrimStart('\n');

        Compare(AlertFile, $"# For Prometheus. See docs/monitoring.md.\ngroups:\n  - name: raft\n    rules:\n{alerts}");
        Compare(BoardFile, Board.Text);
        Compare(Page, $"{page[0]}{Head}{rows}\n{after}");
    }

    [Fact]
    public void Each_health_rule_has_an_alert_or_is_named_as_unseen()
    {
        var seen = Alert.All.SelectMany(alert => alert.Kinds).ToList();

        Assert.Empty(Alert.Rules.Keys.Except(seen).Except([Alert.Unseen]));
        Assert.Equal(seen.Count, seen.Distinct().Count());
        Assert.Contains($"`{Alert.Unseen}`", Repository.Read(Page));
    }

    [Fact]
    public void Each_instrument_is_on_the_board_and_on_the_page_and_files_name_no_other()
    {
        var names = Alert.Instruments.Select(Alert.NameOf).ToList();
        var onBoard = NamesIn(Board.Text).ToList();

        Assert.True(names.Count > 15, $"Only {names.Count} instruments were found.");
        Assert.Empty(names.Except(onBoard));
        Assert.Empty(onBoard.Concat(NamesIn(Repository.Read(AlertFile))).Except(names));
        Assert.Empty(Alert.Instruments.Select(each => $"`{each.Name}`").Except(Repository.RowsOf(Page).Select(row => row[0])));
    }

    [Fact]
    public void Panels_have_ids_of_their_own_and_do_not_overlap()
    {
        var panels = JsonDocument.Parse(Repository.Read(BoardFile)).RootElement.GetProperty("panels").EnumerateArray().ToList();
        var cells = panels.Select(panel => panel.GetProperty("gridPos")).SelectMany(at =>
            from x in Enumerable.Range(Of(at, "x"), Of(at, "w"))
            from y in Enumerable.Range(Of(at, "y"), Of(at, "h"))
            select (x, y)).ToList();

        Assert.Equal(panels.Count, panels.Select(panel => Of(panel, "id")).Distinct().Count());
        Assert.Equal(cells.Count, cells.Distinct().Count());
        Assert.All(cells, cell => Assert.InRange(cell.x, 0, 23));

        static int Of(JsonElement element, string name) => element.GetProperty(name).GetInt32();
    }

    [Fact]
    public void Each_alert_has_a_case_of_promtool() => Assert.Empty(Alert.All.Select(alert => alert.Name).Except(
        Names().Matches(Repository.Read("tests/Repository.Tests/Monitoring/alerts.test.yml")).Select(match => match.Groups[1].Value)));

    // Histograms have a suffix for each of their series.
    private static IEnumerable<string> NamesIn(string text) => Metrics().Matches(text).Select(match => match.Value)
        .Where(name => name is not ("raft_group" or "raft_process" or "raft_directory"))
        .Select(name => name.EndsWith("_bucket", StringComparison.Ordinal) ? name[..^7] : name).Distinct();

    private static void Compare(string file, string expected)
    {
        if (Environment.GetEnvironmentVariable("RAFTACTORS_REWRITE") == "1")
        {
            File.WriteAllText(Path.Combine(Repository.Root, file), expected);
        }

        Assert.True(File.ReadAllText(Path.Combine(Repository.Root, file)) == expected, $"{file} differs; RAFTACTORS_REWRITE=1 writes it.");
    }

    private static string Quote(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    private static string Plain(string text) =>
        Labels().Replace(text, "$1").Replace("raft_directory", "a directory").Replace("peer", "a peer");

    [GeneratedRegex(@"\braft_\w+")]
    private static partial Regex Metrics();

    [GeneratedRegex(@"alertname=""(\w+)""")]
    private static partial Regex Names();

    [GeneratedRegex(@"\{\{ \$labels\.(\w+) \}\}")]
    private static partial Regex Labels();
}
