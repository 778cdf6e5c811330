using System.Text;

using RaftActors.Cli.Server;

namespace RaftActors.Cli.Client;

/// <summary>Reads lines. A line that is too long for a message is null, and is skipped without being kept in memory.</summary>
internal static class InputLines
{
    public static readonly string TooLong = $"The message has more than {MessageLimits.TextBytesMax} bytes, which is the limit.";

    public static IEnumerable<string?> Read(TextReader input)
    {
        var line = new StringBuilder();
        var buffer = new char[4096];
        var isTooLong = false;
        while (input.Read(buffer) is var count and > 0)
        {
            for (var rest = buffer.AsMemory(0, count); !rest.IsEmpty;)
            {
                var end = rest.Span.IndexOf('\n');
                var piece = end < 0 ? rest : rest[..end];
                isTooLong |= line.Length + piece.Length > MessageLimits.TextBytesMax;
                if (!isTooLong)
                {
                    line.Append(piece.Span);
                }

                rest = rest[(end < 0 ? piece.Length : end + 1)..];
                if (end >= 0)
                {
                    yield return isTooLong ? null : Text(line);
                    isTooLong = false;
                    line.Clear();
                }
            }
        }

        if (line.Length > 0 || isTooLong)
        {
            yield return isTooLong ? null : Text(line);
        }
    }

    private static string Text(StringBuilder line) => line is [.., '\r'] ? line.ToString(0, line.Length - 1) : line.ToString();
}
