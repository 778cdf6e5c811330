using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

using RaftActors.Cli.Terminal;

using Spectre.Console;
using Spectre.Console.Rendering;

namespace RaftActors.Cli.Client.Top;

/// <summary>Formats the members of one group.</summary>
/// <param name="before">The rows of the period before; empty: this is the first.</param>
internal sealed class TopView(GroupReport now, ImmutableArray<MemberRow> before) : ITopTable
{
    private static readonly string[] Columns = ["ROLE", "TERM", "COMMITTED", "DELIVERED", "LAG", "COMMITS/S", "SYNC", "ROUND TRIP"];

    private string[] Heading => [now.Target.Noun.ToUpperInvariant(), .. Columns];

    public GroupReport Report => now;

    /// <summary>The cell for <see cref="RaftStatus.SyncTime"/>.</summary>
    public static string Sync(TimeSpan? time) =>
        time is { } known ? string.Create(CultureInfo.InvariantCulture, $"{known.TotalMilliseconds:0.00} ms") : "";

    /// <summary>The JSON member for <see cref="RaftStatus.SyncTime"/>.</summary>
    public static void Sync(Utf8JsonWriter writer, TimeSpan? time)
    {
        if (time is { } known)
        {
            writer.WriteNumber("syncMs", Math.Round(known.TotalMilliseconds, 3));
        }
    }

    public void WriteText(TextWriter output)
    {
        var table = new TextTable(Heading);
        foreach (var row in now.Rows)
        {
            table.Add(Cells(row));
        }

        table.WriteTo(output);
    }

    public IRenderable ForTerminal(int height)
    {
        var table = new Table().Border(TableBorder.None);
        foreach (var (heading, place) in Heading.Select((heading, place) => (heading, place)))
        {
            var column = new TableColumn(new Text(heading, new Style(decoration: Decoration.Bold)));
            table.AddColumn(place < 2 ? column : column.RightAligned());
        }

        foreach (var row in now.Rows)
        {
            var style = new Style(StatusView.ColourOf(row.Status?.Role));
            table.AddRow(Cells(row).Select(cell => new Text(Printable.Of(cell), style)));
        }

        return table;
    }

    public void WriteJson(TextWriter output)
    {
        foreach (var row in now.Rows)
        {
            JsonLine.Write(output, writer => Members(writer, row));
        }
    }

    private double? RateOf(MemberRow row) => row.RateSince(before.FirstOrDefault(each => each.Name == row.Name));

    private string[] Cells(MemberRow row) =>
    [
        now.Target.Show(row.Name),
        StatusView.RoleOf(row.Status),
        $"{row.Status?.Term}",
        $"{row.Status?.Committed}",
        $"{row.Status?.Delivered}",
        $"{now.Committed - row.Status?.Delivered.Value}",
        RateOf(row)?.ToString("0", CultureInfo.InvariantCulture) ?? "",
        Sync(row.Status?.SyncTime),
        row.Status is null ? "" : string.Create(CultureInfo.InvariantCulture, $"{row.RoundTrip.TotalMilliseconds:0.0} ms"),
    ];

    private void Members(Utf8JsonWriter writer, MemberRow row)
    {
        writer.WriteString("kind", "sample");
        writer.WriteString(now.Target.Noun, now.Target.Show(row.Name));
        writer.WriteString("role", StatusView.RoleOf(row.Status));
        if (row.Status is not { } status)
        {
            return;
        }

        writer.WriteNumber("term", status.Term);
        writer.WriteNumber("committed", status.Committed.Value);
        writer.WriteNumber("delivered", status.Delivered.Value);
        writer.WriteNumber("lag", now.Committed - status.Delivered.Value);
        if (RateOf(row) is { } rate)
        {
            writer.WriteNumber("commitsPerSecond", Math.Round(rate, 1));
        }

        Sync(writer, status.SyncTime);
        writer.WriteNumber("roundTripMs", Math.Round(row.RoundTrip.TotalMilliseconds, 3));
    }
}
