using Spectre.Console;

namespace RaftActors.Cli.Client.Top;

internal static class TopView
{
    public static RowTable<MemberRow> Of(GroupReport now, IEnumerable<MemberRow> before) => new(
        "sample",
        now.Rows,
        new(now.Target.Noun.ToUpperInvariant(), now.Target.Noun, row => now.Target.Show(row.Name)),
        new("ROLE", "role", row => StatusTable.RoleOf(row.Status)),
        new("TERM", "term", row => row.Status?.Term),
        new("COMMITTED", "committed", row => row.Status?.Committed.Value),
        new("DELIVERED", "delivered", row => row.Status?.Delivered.Value),
        new("LAG", "lag", row => now.Committed - row.Status?.Delivered.Value),
        Rate<MemberRow>(row => row.RateSince(before.FirstOrDefault(each => each.Name == row.Name))),
        Sync<MemberRow>(row => row.Status?.SyncTime),
        new(
            "ROUND TRIP",
            "roundTripMs",
            row => row.Status is null ? null : Math.Round(row.RoundTrip.TotalMilliseconds, 3),
            row => row.Status is null ? "" : $"{row.RoundTrip.TotalMilliseconds:0.0} ms"))
    {
        Colour = row => StatusTable.ColourOf(row.Status?.Role),
        Shape = (column, place) => column.Alignment = place < 2 ? null : Justify.Right,
    };

    public static Column<TRow> Rate<TRow>(Func<TRow, double?> rateOf) => new(
        "COMMITS/S",
        "commitsPerSecond",
        row => rateOf(row) is { } rate ? Math.Round(rate, 1) : null,
        row => rateOf(row)?.ToString("0"));

    public static Column<TRow> Sync<TRow>(Func<TRow, TimeSpan?> timeOf) => new(
        "SYNC",
        "syncMs",
        row => timeOf(row) is { } time ? Math.Round(time.TotalMilliseconds, 3) : null,
        row => timeOf(row) is { } time ? $"{time.TotalMilliseconds:0.00} ms" : "");
}
