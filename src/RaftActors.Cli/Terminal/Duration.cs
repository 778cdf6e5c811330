using System.Globalization;

namespace RaftActors.Cli.Terminal;

/// <summary>A time span with a unit, such as <c>250us</c>, <c>250ms</c>, <c>10s</c>, <c>1m</c> or <c>1.5h</c>.</summary>
internal static class Duration
{
    public const string Forms = "250ms, 10s or 1m";

    // Longer suffixes come before those that are their ends.
    private static readonly (string Suffix, double Ticks)[] Units =
    [
        ("us", TimeSpan.TicksPerMicrosecond), ("ms", TimeSpan.TicksPerMillisecond), ("s", TimeSpan.TicksPerSecond),
        ("m", TimeSpan.TicksPerMinute), ("h", TimeSpan.TicksPerHour),
    ];

    /// <summary>Returns null if the text is malformed, or the time is longer than 14,600 years.</summary>
    /// <param name="unit">The unit of a number that has none.</param>
    public static TimeSpan? Parse(string text, TimeSpan unit)
    {
        var (suffix, size) = Units.Append(("", (double)unit.Ticks)).First(each => text.EndsWith(each.Item1, StringComparison.Ordinal));
        var isNumber = double.TryParse(text[..^suffix.Length], NumberStyles.AllowDecimalPoint, null, out var count);
        return isNumber && count * size <= long.MaxValue / 2 ? TimeSpan.FromTicks((long)(count * size)) : null;
    }

    /// <summary>Parses the value of an option, 1 ms or more.</summary>
    /// <param name="place">The source of the value for the error message. Empty for the option itself.</param>
    /// <exception cref="UsageException">The text is malformed, or out of range.</exception>
    public static TimeSpan Parse(string text, string place, TimeSpan unit, TimeSpan max) =>
        Parse(text, unit) is { } time && time >= TimeSpan.FromMilliseconds(1) && time <= max
            ? time
            : throw new UsageException($"'{text}'{place} is not a duration from 1ms to {Text(max)}. Write {Forms}; a number alone means "
                + $"{(unit == TimeSpan.FromSeconds(1) ? "seconds" : "milliseconds")}.");

    private static string Text(TimeSpan time)
    {
        var (suffix, size) = Units.Last(each => time.Ticks % each.Ticks == 0);
        return $"{time.Ticks / size}{suffix}";
    }
}
