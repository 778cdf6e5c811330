using Spectre.Console;
using Spectre.Console.Rendering;

namespace RaftActors.Cli.Client.Top;

/// <summary>The groups of an application, those with problems first.</summary>
internal sealed class ApplicationTable : ITable
{
    private readonly Target _target;
    private readonly ApplicationSample _now;
    private readonly Row[] _rows;

    public ApplicationTable(Target target, ApplicationSample now, ApplicationSample? before)
    {
        (_target, _now) = (target, now);
        var earlier = before?.Groups.ToDictionary(group => group.Group, StringComparer.Ordinal) ?? [];
        var time = before is null ? default : System.Diagnostics.Stopwatch.GetElapsedTime(before.At, now.At);
        _rows = now.Groups
            .Select(group => new Row(group, !group.Problems.IsEmpty, group.RateSince(earlier.GetValueOrDefault(group.Group), time)))
            .OrderByDescending(row => row.IsProblem).ThenByDescending(row => row.Rate ?? 0)
            .ThenBy(row => row.Group.Group, StringComparer.Ordinal)
            .ToArray();
    }

    public ApplicationSample Sample => _now;

    public void WriteText(TextWriter output)
    {
        TableOf(_rows).WriteText(output);
        foreach (var line in NodeLines())
        {
            output.WriteLine(Printable.Of(line));
        }
    }

    public IRenderable ForTerminal(int width, int height)
    {
        var lines = NodeLines().ToArray();

        // Three lines are not rows: the heading, the count of the rows that do not fit, and the free line below the table.
        var shown = Math.Max(1, height - lines.Length - 3);
        shown = _rows.Length <= shown + 1 ? _rows.Length : shown;
        var table = TableOf([.. _rows.Take(shown)]).ForTerminal(width, height);
        var rest = shown < _rows.Length
            ? (string[])[$"... and {_rows.Length - shown:N0} more groups"]
            : [];
        return new Rows([table, .. rest.Concat(lines).Select(line => new Text(Printable.Of(line)))]);
    }

    public void WriteJson(TextWriter output)
    {
        TableOf(_rows).WriteJson(output);
        new RowTable<NodeSample>(
            "node-sample",
            _now.Nodes,
            new("", "node", node => node.Name),
            new("", "processes", node => node.Processes.Length),
            new("", "note", node => node.Silence)).WriteJson(output);
    }

    private IEnumerable<string> NodeLines() =>
        _now.Nodes.Where(node => node.Silence is not null).Select(node => $"node {node.Name}: {node.Silence}");

    private RowTable<Row> TableOf(Row[] rows) => new(
        "group-sample",
        rows,
        new("GROUP", "group", row => row.Group.Group),
        new("LEADER", "leader", LeaderOf, row => LeaderOf(row) ?? "none"),
        new("TERM", "term", row => row.Group.Term),
        new("MEMBERS", "members", row => row.Group.Known, row => $"{row.Group.Answered}/{row.Group.Known}"),
        new("", "answered", row => row.Group.Answered),
        new("COMMITTED", "committed", row => row.Group.Committed),
        new("LAG", "lag", row => row.Group.Lag),
        TopView.Rate<Row>(row => row.Rate),
        TopView.Sync<Row>(row => row.Group.SyncTime),
        new("", "problem", row => row.IsProblem),
        new("NOTE", "note", row => row.Group.Note(_target)))
    {
        Colour = row => row.Group.Leader is null ? Color.Red : row.IsProblem ? Color.Yellow : Color.Default,
        Shape = (column, place) =>
        {
            column.NoWrap = true;
            column.Alignment = place is > 1 and < 8 ? Justify.Right : null;
        },
        Overflow = Overflow.Ellipsis,
    };

    private string? LeaderOf(Row row) => row.Group.Leader is { } leader ? _target.Show(leader) : null;

    private sealed record Row(GroupRow Group, bool IsProblem, double? Rate);
}
