using System.Globalization;

namespace RaftActors.Cli.Terminal;

/// <summary>Parses a number with a unit.</summary>
internal static class Quantity
{
    /// <summary>Returns the number times the size of its unit. Null: it is none, or above half of the largest long number.</summary>
    /// <param name="units">A suffix stands before those that are its end.</param>
    /// <param name="unit">The unit of a number that has none.</param>
    public static long? Of(string text, IEnumerable<(string Suffix, double Size)> units, double unit)
    {
        var (suffix, size) = units.Append(("", unit)).First(each => text.EndsWith(each.Item1, StringComparison.Ordinal));
        var isNumber = double.TryParse(
            text[..^suffix.Length], NumberStyles.AllowDecimalPoint, null, out var count);
        return isNumber && count * size <= long.MaxValue / 2 ? (long)(count * size) : null;
    }
}
