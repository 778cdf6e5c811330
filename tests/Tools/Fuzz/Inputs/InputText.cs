using System.Globalization;

namespace RaftActors.Fuzz.Inputs;

/// <summary>
/// An input as text, for the corpus. Each line adds bytes: <c>text TEXT</c>, <c>line TEXT</c> with a line end, <c>hex DIGITS</c>, or
/// <c>times N</c> and one of these, N times. Lines that begin with <c>#</c> are comments.
/// </summary>
public static class InputText
{
    private const int HexOfLine = 60;
    private const int RunMin = 16;

    /// <exception cref="FormatException">A line is none of these.</exception>
    public static byte[] Parse(string text) =>
        [.. text.Split('\n').Select(line => line.TrimEnd('\r')).Where(line => line.Length > 0 && line[0] != '#').SelectMany(BytesOf)];

    /// <summary>Writes an input in lines that <see cref="Parse"/> reads.</summary>
    public static string Of(ReadOnlySpan<byte> input)
    {
        var text = new StringBuilder();
        while (!input.IsEmpty)
        {
            var equal = input.IndexOfAnyExcept(input[0]) is var end and >= 0 ? end : input.Length;
            var size = equal >= RunMin ? equal : Math.Min(HexOfLine, LengthBeforeRun(input));
            text.Append(equal >= RunMin ? $"times {equal} hex {input[0]:x2}\n" : $"hex {Convert.ToHexStringLower(input[..size])}\n");
            input = input[size..];
        }

        return text.ToString();
    }

    private static int LengthBeforeRun(ReadOnlySpan<byte> input)
    {
        for (var at = 1; at + RunMin <= input.Length; at++)
        {
            if (!input.Slice(at, RunMin).ContainsAnyExcept(input[at]))
            {
                return at;
            }
        }

        return input.Length;
    }

    private static byte[] BytesOf(string line)
    {
        var (word, rest) = Divide(line);
        switch (word)
        {
            case "text":
                return Encoding.UTF8.GetBytes(rest);
            case "line":
                return Encoding.UTF8.GetBytes(rest + "\n");
            case "hex":
                return Convert.FromHexString(rest);
            case "times":
                var (count, repeated) = Divide(rest);
                var bytes = BytesOf(repeated);
                return [.. Enumerable.Repeat(bytes, int.Parse(count, CultureInfo.InvariantCulture)).SelectMany(each => each)];
            default:
                throw new FormatException($"'{line}' begins with none of the words text, line, hex, times.");
        }
    }

    private static (string Word, string After) Divide(string line)
    {
        var space = line.IndexOf(' ', StringComparison.Ordinal);
        return space < 0 ? (line, "") : (line[..space], line[(space + 1)..]);
    }
}
