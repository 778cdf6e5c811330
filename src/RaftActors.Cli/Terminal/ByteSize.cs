namespace RaftActors.Cli.Terminal;

/// <summary>A number of bytes with a unit as in HOCON, such as <c>256</c>, <c>64kB</c> (64,000 bytes) or <c>16MiB</c>.</summary>
internal static class ByteSize
{
    private static readonly (string Suffix, double Bytes)[] Units =
    [
        ("KiB", 1L << 10), ("MiB", 1L << 20), ("GiB", 1L << 30), ("TiB", 1L << 40),
        ("kB", 1e3), ("MB", 1e6), ("GB", 1e9), ("TB", 1e12), ("b", 1), ("B", 1),
    ];

    public static long? Parse(string text) => Quantity.Of(text.Replace(" ", ""), Units, 1);

    /// <summary>A text with three digits, such as <c>352 B</c> or <c>30.4 GB</c>.</summary>
    public static string Text(double bytes)
    {
        string[] units = ["B", "kB", "MB", "GB", "TB"];
        var place = 0;
        while (bytes >= 999.5 && place < units.Length - 1)
        {
            (bytes, place) = (bytes / 1000, place + 1);
        }

        var digits = place == 0 || bytes >= 99.95 ? "0" : bytes >= 9.995 ? "0.0" : "0.00";
        return $"{bytes.ToString(digits)} {units[place]}";
    }
}
