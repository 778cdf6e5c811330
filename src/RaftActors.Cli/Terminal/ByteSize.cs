using System.Globalization;

namespace RaftActors.Cli.Terminal;

/// <summary>A number of bytes with a unit, as in HOCON: <c>256</c>, <c>64kB</c> (64,000 bytes), <c>16MiB</c>.</summary>
internal static class ByteSize
{
    private static readonly (string Suffix, double Bytes)[] Units =
    [
        ("KiB", 1L << 10), ("MiB", 1L << 20), ("GiB", 1L << 30), ("TiB", 1L << 40),
        ("kB", 1e3), ("MB", 1e6), ("GB", 1e9), ("TB", 1e12), ("b", 1), ("B", 1),
    ];

    public static bool TryParse(string text, out long bytes)
    {
        bytes = 0;
        var (number, unit) = (text, 1.0);
        foreach (var (suffix, size) in Units)
        {
            if (text.EndsWith(suffix, StringComparison.Ordinal))
            {
                (number, unit) = (text[..^suffix.Length], size);
                break;
            }
        }

        if (!double.TryParse(number.Trim(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var count)
            || count * unit > long.MaxValue / 2)
        {
            return false;
        }

        bytes = (long)(count * unit);
        return true;
    }

    /// <summary>A text with three digits: <c>352 B</c>, <c>30.4 GB</c>.</summary>
    public static string Text(double bytes)
    {
        string[] units = ["B", "kB", "MB", "GB", "TB"];
        var place = 0;
        while (bytes >= 999.5 && place < units.Length - 1)
        {
            (bytes, place) = (bytes / 1000, place + 1);
        }

        var digits = place == 0 || bytes >= 99.95 ? "0" : bytes >= 9.995 ? "0.0" : "0.00";
        return $"{bytes.ToString(digits, CultureInfo.InvariantCulture)} {units[place]}";
    }
}
