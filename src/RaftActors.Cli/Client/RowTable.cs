using RaftActors.Cli.Terminal;

using Spectre.Console;

namespace RaftActors.Cli.Client;

/// <summary>Rows as a text table, as a coloured table for a terminal, and as JSON.</summary>
/// <param name="kind">The value of <c>kind</c> in JSON.</param>
internal sealed class RowTable<TRow>(string kind, IReadOnlyCollection<TRow> rows, params Column<TRow>[] columns)
{
    public IReadOnlyCollection<TRow> Rows => rows;

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
            JsonLine.Write(output, writer => JsonLine.Members(
                writer,
                [("kind", kind), .. columns.Where(column => column.Name is not "").Select(column => (column.Name, column.Value(row)))]));
        }
    }

    /// <param name="shown">The places of the columns.</param>
    /// <param name="shape">Sets the width and the alignment of the column at a place.</param>
    public Table ForTerminal(
        IReadOnlyCollection<int> shown, Func<TRow, Color> colour, Action<TableColumn, int> shape, Overflow overflow = Overflow.Fold)
    {
        var table = new Table().Border(TableBorder.None);
        foreach (var place in shown)
        {
            var column = new TableColumn(new Text(Heading[place], new Style(decoration: Decoration.Bold)));
            shape(column, place);
            table.AddColumn(column);
        }

        foreach (var row in rows)
        {
            var (cells, style) = (Cells(row), new Style(colour(row)));
            table.AddRow(shown.Select(place => new Text(cells[place], style) { Overflow = overflow }));
        }

        return table;
    }
}

/// <summary>A column of a table, and a member of the JSON object of a row.</summary>
/// <param name="Heading">Empty: it is not in the table.</param>
/// <param name="Name">Empty: it is not in the object.</param>
/// <param name="Value">The member. See <see cref="JsonLine.Members"/>.</param>
/// <param name="Text">The cell; null: the value.</param>
internal sealed record Column<TRow>(string Heading, string Name, Func<TRow, object?> Value, Func<TRow, object?>? Text = null);
