using System.Globalization;

namespace RaftActors.Cli.Terminal;

internal static class Quantity
{
    /// <summary>Parses a number with a unit. Returns null if it is malformed, or above half of <see cref="long.MaxValue"/>.</summary>
    /// <param name="units">Longer suffixes come before those that are their ends.</param>
    /// <param name="unit">The unit of a number that has none.</param>
    public static long? Of(string text, IEnumerable<(string Suffix, double Size)> units, double unit)
    {
        var (suffix, size) = units.Append(("", unit)).First(each => text.EndsWith(each.Item1, StringComparison.Ordinal));
        var isNumber = double.TryParse(
            text[..^suffix.Length], NumberStyles.AllowDecimalPoint, null, out var count);
        return isNumber && count * size <= long.MaxValue / 2 ? (long)(count * size) : null;
    }
}
