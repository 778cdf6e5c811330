namespace RaftActors.Cli.Terminal;

/// <summary>A table of text with columns as wide as their widest cells.</summary>
internal sealed class TextTable(params string[] heading)
{
    private const string Gap = "  ";

    private readonly List<string[]> _rows = [heading];

    public void Add(params string[] row) => _rows.Add([.. row.Select(Printable.Of)]);

    public void WriteTo(TextWriter output)
    {
        var widths = heading.Select((_, column) => _rows.Max(row => row[column].Length)).ToArray();
        foreach (var row in _rows)
        {
            output.WriteLine(string.Join(Gap, row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
        }
    }
}
