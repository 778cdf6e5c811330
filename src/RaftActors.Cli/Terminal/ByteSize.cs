namespace RaftActors.Cli.Terminal;

internal static class ByteSize
{
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
