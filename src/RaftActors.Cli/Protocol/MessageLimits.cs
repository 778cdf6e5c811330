using System.Text;

namespace RaftActors.Cli.Protocol;

/// <summary>How large what clients send may be.</summary>
internal static class MessageLimits
{
    /// <summary>A message's text, in UTF-8.</summary>
    public const int TextBytesMax = 1 << 20;

    /// <summary>A request id.</summary>
    public const int IdLettersMax = 200;

    /// <summary>
    /// What travels between two programs: JSON writes an octet of a text in six at most, and Raft wants room for two messages in a frame.
    /// </summary>
    public const int FrameBytesMax = 8 << 20;

    /// <summary>A page of a log: so many letters of texts and ids, and one message more. It fits into a frame whatever is in it.</summary>
    public const int PageLettersMax = 128 << 10;

    /// <summary>Messages of a page.</summary>
    public const int PageMessagesMax = 1000;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Why this cannot be appended; null if it can.</summary>
    public static string? WhyNot(string id, string text)
    {
        if (id.Length is 0 or > IdLettersMax)
        {
            return $"A request id has 1 to {IdLettersMax} letters, and this one has {id.Length}.";
        }

        try
        {
            _ = Strict.GetByteCount(id);
            var size = Strict.GetByteCount(text);
            return size > TextBytesMax ? $"The message has {size} bytes, and at most {TextBytesMax} (1 MiB) are taken." : null;
        }
        catch (EncoderFallbackException)
        {
            return "The message, or its request id, is no valid Unicode: half of a surrogate pair stands alone.";
        }
    }
}
