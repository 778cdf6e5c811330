using System.Globalization;
using System.Text.Json;

using RaftActors.Cli.Terminal;

using Spectre.Console;
using Spectre.Console.Rendering;

namespace RaftActors.Cli.Client.Top;

/// <summary>Formats all groups of an application, those with problems first.</summary>
internal sealed class ApplicationTable : ITopTable
{
    private static readonly string[] Heading =
        ["GROUP", "LEADER", "TERM", "MEMBERS", "COMMITTED", "LAG", "COMMITS/S", "SYNC", "NOTE"];

    private readonly Target _target;
    private readonly ApplicationSample _now;
    private readonly (GroupRow Group, bool IsProblem, double? Rate)[] _rows;

    /// <param name="before">The sample of the period before; null: this is the first.</param>
    public ApplicationTable(Target target, ApplicationSample now, ApplicationSample? before)
    {
        (_target, _now) = (target, now);
        var earlier = before?.Groups.ToDictionary(group => group.Group, StringComparer.Ordinal) ?? [];
        var time = before is null ? default : System.Diagnostics.Stopwatch.GetElapsedTime(before.At, now.At);
        _rows = now.Groups
            .Select(group => (group, !group.Problems.IsEmpty, group.RateSince(earlier.GetValueOrDefault(group.Group), time)))
            .OrderByDescending(row => row.Item2).ThenByDescending(row => row.Item3 ?? 0)
            .ThenBy(row => row.group.Group, StringComparer.Ordinal)
            .ToArray();
    }

    public ApplicationSample Sample => _now;

    public void WriteText(TextWriter output)
    {
        var table = new TextTable(Heading);
        foreach (var (group, _, rate) in _rows)
        {
            table.Add(Cells(group, rate));
        }

        table.WriteTo(output);
        foreach (var line in NodeLines())
        {
            output.WriteLine(Printable.Of(line));
        }
    }

    public IRenderable ForTerminal(int height)
    {
        var lines = NodeLines().ToArray();

        // Besides the rows: the heading, the line with the rest, and the line below the table that the terminal keeps free.
        var shown = Math.Max(1, height - lines.Length - 3);
        shown = _rows.Length <= shown + 1 ? _rows.Length : shown;
        var table = new Table().Border(TableBorder.None);
        foreach (var (heading, place) in Heading.Select((heading, place) => (heading, place)))
        {
            var column = new TableColumn(new Text(heading, new Style(decoration: Decoration.Bold))).NoWrap();
            table.AddColumn(place is > 1 and < 8 ? column.RightAligned() : column);
        }

        foreach (var (group, isProblem, rate) in _rows.Take(shown))
        {
            var style = new Style(group.Leader is null ? Color.Red : isProblem ? Color.Yellow : Color.Default);
            table.AddRow(Cells(group, rate).Select(cell => new Text(Printable.Of(cell), style) { Overflow = Overflow.Ellipsis }));
        }

        var rest = shown < _rows.Length
            ? (string[])[string.Create(CultureInfo.InvariantCulture, $"... and {_rows.Length - shown:N0} more groups")]
            : [];
        return new Rows([table, .. rest.Concat(lines).Select(line => new Text(Printable.Of(line)))]);
    }

    public void WriteJson(TextWriter output)
    {
        foreach (var (group, isProblem, rate) in _rows)
        {
            JsonLine.Write(output, writer => Members(writer, group, isProblem, rate));
        }

        foreach (var node in _now.Nodes)
        {
            JsonLine.Write(output, writer =>
            {
                writer.WriteString("kind", "node-sample");
                writer.WriteString("node", node.Name);
                writer.WriteNumber("processes", node.Processes.Length);
                JsonLine.Text(writer, "note", node.Silence);
            });
        }
    }

    private IEnumerable<string> NodeLines() =>
        _now.Nodes.Where(node => node.Silence is not null).Select(node => $"node {node.Name}: {node.Silence}");

    private string[] Cells(GroupRow group, double? rate) =>
    [
        group.Group,
        group.Leader is { } leader ? _target.Show(leader) : "none",
        $"{group.Term}",
        $"{group.Answered}/{group.Known}",
        $"{group.Committed}",
        $"{group.Lag}",
        rate?.ToString("0", CultureInfo.InvariantCulture) ?? "",
        TopView.Sync(group.SyncTime),
        group.Note(_target) ?? "",
    ];

    private void Members(Utf8JsonWriter writer, GroupRow group, bool isProblem, double? rate)
    {
        writer.WriteString("kind", "group-sample");
        writer.WriteString("group", group.Group);
        JsonLine.Text(writer, "leader", group.Leader is { } leader ? _target.Show(leader) : null);
        writer.WriteNumber("term", group.Term);
        writer.WriteNumber("members", group.Known);
        writer.WriteNumber("answered", group.Answered);
        writer.WriteNumber("committed", group.Committed);
        writer.WriteNumber("lag", group.Lag);
        if (rate is { } known)
        {
            writer.WriteNumber("commitsPerSecond", Math.Round(known, 1));
        }

        TopView.Sync(writer, group.SyncTime);
        writer.WriteBoolean("problem", isProblem);
        JsonLine.Text(writer, "note", group.Note(_target));
    }
}
