using System.Buffers;
using System.Text;

using RaftActors.Cli.Server;

namespace RaftActors.Cli.Client;

/// <summary>
/// Reads lines of UTF-8. A line that is no message has a problem in place of its text. One that is too long is not kept in memory.
/// </summary>
internal static class InputLines
{
    private static readonly string TooLong = $"The message has more than {MessageLimits.TextBytesMax} bytes, which is the limit.";

    public static IEnumerable<(string? Text, string? Problem)> Read(Stream input)
    {
        var line = new ArrayBufferWriter<byte>();
        var buffer = new byte[4096];
        var isTooLong = false;
        while (input.Read(buffer) is var count and > 0)
        {
            for (var rest = buffer.AsMemory(0, count); !rest.IsEmpty;)
            {
                var end = rest.Span.IndexOf((byte)'\n');
                var piece = end < 0 ? rest : rest[..end];
                isTooLong |= line.WrittenCount + piece.Length > MessageLimits.TextBytesMax + 1; // Perhaps with a CR.
                if (!isTooLong)
                {
                    line.Write(piece.Span);
                }

                rest = rest[(end < 0 ? piece.Length : end + 1)..];
                if (end >= 0)
                {
                    yield return isTooLong ? (null, TooLong) : Decode(line.WrittenSpan);
                    isTooLong = false;
                    line.ResetWrittenCount();
                }
            }
        }

        if (line.WrittenCount > 0 || isTooLong)
        {
            yield return isTooLong ? (null, TooLong) : Decode(line.WrittenSpan);
        }
    }

    private static (string? Text, string? Problem) Decode(ReadOnlySpan<byte> line)
    {
        try
        {
            var text = line is [.., (byte)'\r'] ? line[..^1] : line;
            return text.Length > MessageLimits.TextBytesMax ? (null, TooLong) : (MessageLimits.Utf8.GetString(text), null);
        }
        catch (DecoderFallbackException e)
        {
            var bytes = Convert.ToHexString(e.BytesUnknown ?? []);
            return (null, $"The line is not valid UTF-8 from its byte {e.Index + 1} on, 0x{bytes}. Write it in UTF-8, which iconv does.");
        }
    }
}
