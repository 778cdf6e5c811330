using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

using RaftActors.Cli.Terminal;

using Spectre.Console;
using Spectre.Console.Rendering;

namespace RaftActors.Cli.Client.Top;

/// <summary>Formats the members of one group.</summary>
/// <param name="now">The latest sample.</param>
/// <param name="before">The samples of the period before; empty: this is the first.</param>
internal sealed class TopView(Target target, GroupSample now, ImmutableArray<MemberSample> before) : ITopTable
{
    private static readonly string[] Columns = ["ROLE", "TERM", "COMMITTED", "DELIVERED", "LAG", "COMMITS/S", "SYNC", "ROUND TRIP"];

    private string[] Heading => [target.Noun.ToUpperInvariant(), .. Columns];

    public GroupSample Sample => now;

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
        foreach (var sample in now.Processes)
        {
            table.Add(Cells(sample));
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

        foreach (var sample in now.Processes)
        {
            var style = new Style(StatusView.ColourOf(sample.Status?.Role));
            table.AddRow(Cells(sample).Select(cell => new Text(Printable.Of(cell), style)));
        }

        return table;
    }

    public void WriteJson(TextWriter output)
    {
        foreach (var sample in now.Processes)
        {
            JsonLine.Write(output, writer => Members(writer, sample));
        }
    }

    private static string Milliseconds(TimeSpan time) => time.TotalMilliseconds.ToString("0.0", CultureInfo.InvariantCulture);

    private double? RateOf(MemberSample sample) => sample.RateSince(before.FirstOrDefault(each => each.Name == sample.Name));

    private string[] Cells(MemberSample sample) => sample.Status is { } status
        ?
        [
            target.Show(sample.Name),
            StatusView.RoleOf(status),
            $"{status.Term}",
            $"{status.Committed}",
            $"{status.Delivered}",
            $"{now.Committed - status.Delivered.Value}",
            RateOf(sample)?.ToString("0", CultureInfo.InvariantCulture) ?? "",
            Sync(status.SyncTime),
            $"{Milliseconds(sample.RoundTrip)} ms",
        ]
        : [target.Show(sample.Name), StatusView.RoleOf(null), "", "", "", "", "", "", ""];

    private void Members(Utf8JsonWriter writer, MemberSample sample)
    {
        writer.WriteString("kind", "sample");
        writer.WriteString(target.Noun, target.Show(sample.Name));
        writer.WriteString("role", StatusView.RoleOf(sample.Status));
        if (sample.Status is not { } status)
        {
            return;
        }

        writer.WriteNumber("term", status.Term);
        writer.WriteNumber("committed", status.Committed.Value);
        writer.WriteNumber("delivered", status.Delivered.Value);
        writer.WriteNumber("lag", now.Committed - status.Delivered.Value);
        if (RateOf(sample) is { } rate)
        {
            writer.WriteNumber("commitsPerSecond", Math.Round(rate, 1));
        }

        Sync(writer, status.SyncTime);
        writer.WriteNumber("roundTripMs", Math.Round(sample.RoundTrip.TotalMilliseconds, 3));
    }
}
