using System.Text.Json;

using RaftActors.Cli.Terminal;
using RaftActors.Storage.Tools;

namespace RaftActors.Cli.Offline;

/// <summary>Writes one line for each item of a dump. Column widths are fixed, because items are not read ahead.</summary>
internal sealed class ItemLines(TextWriter output, bool isJson)
{
    private bool _hasHeading;

    public void Write(LogItem item)
    {
        if (isJson)
        {
            JsonLine.Write(output, writer => Members(writer, item));
            return;
        }

        if (!_hasHeading)
        {
            _hasHeading = true;
            output.WriteLine(Row("FILE", "OFFSET", "KIND", "INDEX", "TERM", "SERIAL", "TIME", "STATE", "OWNER", ""));
        }

        output.WriteLine(Row(
            item.File,
            $"{item.Offset}",
            item.Kind,
            $"{item.Index}",
            $"{item.Term}",
            $"{item.Serial}",
            $"{item.Time}",
            item.State.ToString().ToLowerInvariant(),
            item.Owner is { } owner ? $"{owner.Group}/{owner.Name}" : "",
            What(item)));
    }

    private static string What(LogItem item) => item.Key is { } key
        ? $"\"{key}\" = {item.Size} bytes{(item.Preview is { } preview ? $": {preview}" : "")}"
        : string.Join(", ", new[] { item.Detail, item.Size is { } size ? $"{size} bytes" : null }.Where(part => part is not null));

    private static string Row(
        string file,
        string offset,
        string kind,
        string index,
        string term,
        string serial,
        string time,
        string state,
        string owner,
        string what) =>
        Printable.Of(
            $"{file,-20} {offset,10}  {kind,-14} {index,9} {term,6} {serial,9}  {time,-24}  {state,-7}  {owner,-24}  {what}".TrimEnd());

    private static void Members(Utf8JsonWriter writer, LogItem item)
    {
        writer.WriteString("file", item.File);
        writer.WriteNumber("offset", item.Offset);
        writer.WriteString("kind", item.Kind);
        writer.WriteString("state", item.State.ToString().ToLowerInvariant());
        JsonLine.Owner(writer, item.Owner);
        JsonLine.Number(writer, "index", item.Index);
        JsonLine.Number(writer, "term", item.Term);
        JsonLine.Number(writer, "serial", item.Serial);
        JsonLine.Text(writer, "time", item.Time?.ToString());
        JsonLine.Text(writer, "key", item.Key);
        JsonLine.Number(writer, "size", item.Size);
        JsonLine.Text(writer, "preview", item.Preview);
        JsonLine.Text(writer, "detail", item.Detail);
    }
}
