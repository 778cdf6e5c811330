namespace RaftActors.Benchmarks;

internal static class OptionValue
{
    /// <summary>Parses positive whole numbers, separated by commas; null if the text is malformed.</summary>
    public static int[]? Numbers(string text)
    {
        var numbers = new List<int>();
        foreach (var word in text.Split(','))
        {
            if (!int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number == 0)
            {
                return null;
            }

            numbers.Add(number);
        }

        return [.. numbers];
    }

    /// <summary>Parses a positive number of seconds, which may have decimals; null if the text is malformed.</summary>
    public static double? Seconds(string text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds > 0
            ? seconds
            : null;

    /// <summary>Parses words, separated by commas; null if one is not allowed.</summary>
    public static string[]? Words(string text, params string[] allowed) =>
        text.Split(',') is var words && words.All(allowed.Contains) ? words : null;
}
