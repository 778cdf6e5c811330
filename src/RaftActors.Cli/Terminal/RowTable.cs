using Spectre.Console;
using Spectre.Console.Rendering;

namespace RaftActors.Cli.Terminal;

internal interface ITable
{
    void WriteText(TextWriter output);

    void WriteJson(TextWriter output);

    /// <summary>Formats the table for a terminal with so many columns and lines.</summary>
    IRenderable ForTerminal(int width, int height);
}

/// <summary>Rows as a text table, as a coloured table for a terminal, and as JSON.</summary>
/// <param name="kind">The value of <c>kind</c> in JSON.</param>
internal sealed class RowTable<TRow>(string kind, IReadOnlyCollection<TRow> rows, params Column<TRow>[] columns) : ITable
{
    public IReadOnlyCollection<TRow> Rows => rows;

    public Func<TRow, Color> Colour { get; init; } = _ => Color.Default;

    public Action<TableColumn, int> Shape { get; set; } = (_, _) => { };

    public Overflow Overflow { get; init; } = Overflow.Fold;

    public string[] Heading { get; } = [.. columns.Select(column => column.Heading).Where(heading => heading is not "")];

    public string[] Cells(TRow row) =>
    [
        .. columns.Where(column => column.Heading is not "").Select(column => Printable.Of($"{(column.Text ?? column.Value)(row)}")),
    ];

    public void WriteText(TextWriter output)
    {
        var table = new TextTable(Heading);
        foreach (var row in rows)
        {
            table.Add(Cells(row));
        }

        table.WriteTo(output);
    }

    public void WriteJson(TextWriter output)
    {
        foreach (var row in rows)
        {
            var members = columns.Where(column => column.Name is not "").Select(column => (column.Name, column.Value(row)));
            JsonLine.Write(output, [("kind", kind), .. members]);
        }
    }

    public IRenderable ForTerminal(int width, int height) => ForTerminal(Enumerable.Range(0, Heading.Length));

    /// <param name="shown">The places of the columns.</param>
    public Table ForTerminal(IEnumerable<int> shown)
    {
        var (table, places) = (new Table().Border(TableBorder.None), shown.ToList());
        foreach (var place in places)
        {
            var column = new TableColumn(new Text(Heading[place], new Style(decoration: Decoration.Bold)));
            Shape(column, place);
            table.AddColumn(column);
        }

        foreach (var row in rows)
        {
            var (cells, style) = (Cells(row), new Style(Colour(row)));
            table.AddRow(places.Select(place => new Text(cells[place], style) { Overflow = Overflow }));
        }

        return table;
    }
}

/// <summary>A column of a table, and a member of the JSON object of a row.</summary>
/// <param name="Heading">If empty, the table lacks this column.</param>
/// <param name="Name">If empty, the JSON object lacks this member.</param>
/// <param name="Value">The value of the member. See <see cref="JsonLine.Write"/>.</param>
/// <param name="Text">The cell. Default: the value.</param>
internal sealed record Column<TRow>(string Heading, string Name, Func<TRow, object?> Value, Func<TRow, object?>? Text = null);
