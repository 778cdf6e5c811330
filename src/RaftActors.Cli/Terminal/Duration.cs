using System.Globalization;

namespace RaftActors.Cli.Terminal;

/// <summary>Parses a time span with a unit: <c>250us</c>, <c>250ms</c>, <c>10s</c>, <c>1m</c>, <c>1.5h</c>.</summary>
internal static class Duration
{
    public const string Forms = "250ms, 10s or 1m";

    private static readonly (string Suffix, TimeSpan Unit)[] Units =
    [
        ("us", TimeSpan.FromMicroseconds(1)),
        ("ms", TimeSpan.FromMilliseconds(1)),
        ("s", TimeSpan.FromSeconds(1)),
        ("m", TimeSpan.FromMinutes(1)),
        ("h", TimeSpan.FromHours(1)),
    ];

    /// <summary>Parses an option's value. Null: it is malformed or out of range.</summary>
    /// <param name="place">Where the value came from, for the error message; empty: from the option.</param>
    /// <param name="unit">The unit of a number that has none.</param>
    /// <param name="max">The longest time that is allowed. The shortest is 1 ms.</param>
    /// <param name="problem">Why it is null.</param>
    public static TimeSpan? Parse(string text, string place, TimeSpan unit, TimeSpan max, out string problem)
    {
        problem = "";
        if (TryParse(text, unit, out var time) && time >= TimeSpan.FromMilliseconds(1) && time <= max)
        {
            return time;
        }

        problem = $"'{text}'{place} is not a duration from 1ms to {Text(max)}. Write {Forms}; a number alone means {NameOf(unit)}.";
        return null;
    }

    /// <param name="unit">The unit of a number that has none.</param>
    public static bool TryParse(string text, TimeSpan unit, out TimeSpan time)
    {
        time = TimeSpan.Zero;
        var number = text;
        foreach (var (suffix, length) in Units)
        {
            if (text.EndsWith(suffix, StringComparison.Ordinal))
            {
                (number, unit) = (text[..^suffix.Length], length);
                break;
            }
        }

        if (!double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var count)
            || !(count * unit.TotalMilliseconds < TimeSpan.MaxValue.TotalMilliseconds / 2))
        {
            return false;
        }

        time = count * unit;
        return true;
    }

    private static string NameOf(TimeSpan unit) => unit == TimeSpan.FromSeconds(1) ? "seconds" : "milliseconds";

    private static string Text(TimeSpan time)
    {
        var (suffix, unit) = Units.Last(each => time.Ticks % each.Unit.Ticks == 0);
        return string.Create(CultureInfo.InvariantCulture, $"{time / unit}{suffix}");
    }
}
