using System.Collections.Immutable;
using System.Globalization;

using Spectre.Console;
using Spectre.Console.Rendering;

namespace RaftActors.Cli.Client.Top;

/// <summary>Formats the members of one group.</summary>
/// <param name="before">The rows of the period before; empty: this is the first.</param>
internal sealed class TopView(GroupReport now, ImmutableArray<MemberRow> before) : ITopTable
{
    public GroupReport Report => now;

    /// <summary>The cell for <see cref="RaftStatus.SyncTime"/>.</summary>
    public static string Sync(TimeSpan? time) =>
        time is { } known ? string.Create(CultureInfo.InvariantCulture, $"{known.TotalMilliseconds:0.00} ms") : "";

    /// <summary>The JSON member for <see cref="RaftStatus.SyncTime"/>.</summary>
    public static double? SyncMs(TimeSpan? time) => time is { } known ? Math.Round(known.TotalMilliseconds, 3) : null;

    public void WriteText(TextWriter output) => Table.WriteText(output);

    public void WriteJson(TextWriter output) => Table.WriteJson(output);

    public IRenderable ForTerminal(int height) => Table.ForTerminal(
        [.. Enumerable.Range(0, Table.Heading.Length)],
        row => StatusView.ColourOf(row.Status?.Role),
        (column, place) => column.Alignment = place < 2 ? null : Justify.Right);

    private RowTable<MemberRow> Table => new(
        "sample",
        now.Rows,
        new(now.Target.Noun.ToUpperInvariant(), now.Target.Noun, row => now.Target.Show(row.Name)),
        new("ROLE", "role", row => StatusView.RoleOf(row.Status)),
        new("TERM", "term", row => row.Status?.Term),
        new("COMMITTED", "committed", row => row.Status?.Committed.Value),
        new("DELIVERED", "delivered", row => row.Status?.Delivered.Value),
        new("LAG", "lag", row => now.Committed - row.Status?.Delivered.Value),
        new(
            "COMMITS/S",
            "commitsPerSecond",
            row => RateOf(row) is { } rate ? Math.Round(rate, 1) : null,
            row => RateOf(row)?.ToString("0", CultureInfo.InvariantCulture)),
        new("SYNC", "syncMs", row => SyncMs(row.Status?.SyncTime), row => Sync(row.Status?.SyncTime)),
        new(
            "ROUND TRIP",
            "roundTripMs",
            row => row.Status is null ? null : Math.Round(row.RoundTrip.TotalMilliseconds, 3),
            row => row.Status is null ? "" : string.Create(CultureInfo.InvariantCulture, $"{row.RoundTrip.TotalMilliseconds:0.0} ms")));

    private double? RateOf(MemberRow row) => row.RateSince(before.FirstOrDefault(each => each.Name == row.Name));
}
