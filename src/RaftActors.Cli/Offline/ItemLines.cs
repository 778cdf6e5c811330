using RaftActors.Storage;

namespace RaftActors.Cli.Offline;

internal static class ItemLines
{
    // The widths are fixed, because a line is written before the next item is read.
    private const string Columns = "{0,-20} {1,10}  {2,-14} {3,9} {4,6} {5,9}  {6,-24}  {7,-7}  {8,-24}  {9}";

    public static int Write(LocalRun output, IEnumerable<StoreItem> items, long limit)
    {
        var left = limit;
        foreach (var item in items.TakeWhile(_ => left-- > 0))
        {
            output.Interrupted.ThrowIfCancellationRequested();
            if (left == limit - 1 && !output.IsJson)
            {
                output.Environment.Output.WriteLine(
                    Row("FILE", "OFFSET", "KIND", "INDEX", "TERM", "SERIAL", "TIME", "STATE", "OWNER", ""));
            }

            var owner = item.Process is { } process ? $"{item.Group}/{process}" : "";
            var (time, preview) = (item.Time is { } at ? LogClock.Text(at) : null, PreviewOf(item));
            output.Write(
                item.Kind,
                Row(item.File, item.Offset, item.Kind, item.Index, item.Term, item.Serial, time, item.State, owner, What(item, preview)),
                ("file", item.File),
                ("offset", item.Offset),
                ("state", item.State),
                ("group", item.Group),
                ("process", item.Process?.Value),
                ("index", item.Index),
                ("term", item.Term),
                ("serial", item.Serial),
                ("time", time),
                ("key", item.Key),
                ("size", item.Size),
                ("preview", preview),
                ("detail", item.Detail));
        }

        return ExitCode.Done;
    }

    private static string? PreviewOf(StoreItem item) => item.Value is { } value ? ValuePreview.Of(value.Span) : null;

    private static string What(StoreItem item, string? preview) => item.Key is { } key
        ? $"\"{key}\" = {item.Size} bytes{(preview is null ? "" : $": {preview}")}"
        : string.Join(", ", new[] { item.Detail, item.Size is { } size ? $"{size} bytes" : null }.Where(part => part is not null));

    private static string Row(params object?[] cells) =>
        Printable.Of(string.Format(Columns, cells).TrimEnd());
}
