using System.Globalization;

namespace Akka.Configuration;

/// <summary>Parses durations, sizes and booleans. Every method returns null for malformed text.</summary>
internal static class HoconUnits
{
    /// <summary>The length of a unit in ticks of 100 ns.</summary>
    private static readonly Dictionary<string, double> TicksByUnit = Table(
        (0.01, "ns nano nanos nanosecond nanoseconds"),
        (TimeSpan.TicksPerMicrosecond, "micro micros microsecond microseconds"),
        (TimeSpan.TicksPerMillisecond, "ms milli millis millisecond milliseconds"),
        (TimeSpan.TicksPerSecond, "s second seconds"),
        (TimeSpan.TicksPerMinute, "m minute minutes"),
        (TimeSpan.TicksPerHour, "h hour hours"),
        (TimeSpan.TicksPerDay, "d day days"));

    /// <summary>Powers of 1000 for kB, MB ..., powers of 1024 for single letters and for KiB, MiB ....</summary>
    private static readonly Dictionary<string, double> BytesByUnit = Table(
        (1, "b B byte bytes"),
        (1e3, "kB kilobyte kilobytes"),
        (1e6, "MB megabyte megabytes"),
        (1e9, "GB gigabyte gigabytes"),
        (1e12, "TB terabyte terabytes"),
        (1e15, "PB petabyte petabytes"),
        (1L << 10, "K k Ki KiB kibibyte kibibytes"),
        (1L << 20, "M m Mi MiB mebibyte mebibytes"),
        (1L << 30, "G g Gi GiB gibibyte gibibytes"),
        (1L << 40, "T t Ti TiB tebibyte tebibytes"),
        (1L << 50, "P p Pi PiB pebibyte pebibytes"));

    public static bool? Boolean(string text)
    {
        return text.ToLowerInvariant() switch
        {
            "true" or "on" or "yes" => true,
            "false" or "off" or "no" => false,
            _ => null,
        };
    }

    /// <summary>Parses a duration. A number without a unit is milliseconds.</summary>
    public static TimeSpan? Duration(string text)
    {
        var ticks = WithUnit(text, TicksByUnit, unitless: TimeSpan.TicksPerMillisecond, NumberStyles.AllowDecimalPoint);
        return ticks < long.MaxValue ? new TimeSpan((long)Math.Round(ticks.Value)) : null;
    }

    /// <summary>Parses a size. As in Akka.NET, its number is a whole one.</summary>
    public static long? ByteSize(string text)
    {
        var bytes = WithUnit(text, BytesByUnit, unitless: 1, NumberStyles.None);
        return bytes < long.MaxValue ? (long)bytes.Value : null;
    }

    private static double? WithUnit(string text, Dictionary<string, double> units, double unitless, NumberStyles styles)
    {
        var number = text.TrimEnd().TrimEnd("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ".ToCharArray());
        var unit = text[number.Length..].TrimEnd();
        if (!double.TryParse(number, styles | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var value))
        {
            return null;
        }

        return unit.Length == 0 ? value * unitless : units.TryGetValue(unit, out var factor) ? value * factor : null;
    }

    private static Dictionary<string, double> Table(params (double Factor, string Units)[] rows) =>
        rows.SelectMany(row => row.Units.Split(' '), (row, unit) => (unit, row.Factor)).ToDictionary();
}
