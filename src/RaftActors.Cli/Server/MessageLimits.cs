using System.Text;

namespace RaftActors.Cli.Server;

/// <summary>Size limits of messages and of pages of the log.</summary>
internal static class MessageLimits
{
    /// <summary>The most bytes of the text of a message in UTF-8.</summary>
    public const int TextBytesMax = 1 << 20;

    /// <summary>The most characters of a request id.</summary>
    public const int IdLettersMax = 200;

    /// <summary>The most bytes of a message and its key, whose characters have at most four bytes each.</summary>
    public const int PairBytesMax = TextBytesMax + (4 * (IdLettersMax + AppendKey.AttemptLetters + 1));

    /// <summary>The most characters of texts and ids in a page of the log. A page has at least one message.</summary>
    public const int PageLettersMax = 128 << 10;

    public const int PageMessagesMax = 1000;

    /// <summary>Refuses what is not valid.</summary>
    public static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Says why a message cannot be appended, or returns null.</summary>
    public static string? Problem(string id, string text)
    {
        if (id.Length is 0 or > IdLettersMax)
        {
            return $"The request id has {id.Length} characters. It must have 1 to {IdLettersMax}.";
        }

        try
        {
            _ = Utf8.GetByteCount(id);
            var size = Utf8.GetByteCount(text);
            return size > TextBytesMax ? $"The message has {size} bytes. The limit is {TextBytesMax} (1 MiB)." : null;
        }
        catch (EncoderFallbackException)
        {
            return "The message or its request id is not valid Unicode: it has half of a surrogate pair.";
        }
    }
}
