using RaftActors.Storage.Tools;

namespace RaftActors.Cli.Offline;

internal static class ItemLines
{
    // The widths are fixed, because a line is written before the next item is read.
    private const string Columns = "{0,-20} {1,10}  {2,-14} {3,9} {4,6} {5,9}  {6,-24}  {7,-7}  {8,-24}  {9}";

    public static int Write(LocalRun output, IEnumerable<LogItem> items, long limit)
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

            var (state, owner) = ($"{item.State}".ToLowerInvariant(), item.Owner is { } known ? $"{known.Group}/{known.Name}" : "");
            output.Write(
                item.Kind,
                Row(item.File, item.Offset, item.Kind, item.Index, item.Term, item.Serial, item.Time, state, owner, What(item)),
                ("file", item.File),
                ("offset", item.Offset),
                ("state", state),
                ("group", item.Owner?.Group),
                ("process", item.Owner?.Name.Value),
                ("index", item.Index),
                ("term", item.Term),
                ("serial", item.Serial),
                ("time", item.Time?.ToString()),
                ("key", item.Key),
                ("size", item.Size),
                ("preview", item.Preview),
                ("detail", item.Detail));
        }

        return ExitCode.Done;
    }

    private static string What(LogItem item) => item.Key is { } key
        ? $"\"{key}\" = {item.Size} bytes{(item.Preview is { } preview ? $": {preview}" : "")}"
        : string.Join(", ", new[] { item.Detail, item.Size is { } size ? $"{size} bytes" : null }.Where(part => part is not null));

    private static string Row(params object?[] cells) =>
        Printable.Of(string.Format(Columns, cells).TrimEnd());
}
