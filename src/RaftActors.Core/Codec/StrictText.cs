using System.Text;

namespace RaftActors.Core.Codec;

/// <summary>Converts text to UTF-8 and back. Refuses malformed text and bytes, so that a text never changes on its way.</summary>
internal static class StrictText
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Encodes a text into a new array.</summary>
    /// <exception cref="ArgumentException">The text has half a surrogate pair.</exception>
    public static byte[] Encode(string text)
    {
        var bytes = new byte[SizeOf(text)];
        Encode(text, bytes);
        return bytes;
    }

    /// <summary>Computes the number of bytes of an encoded text.</summary>
    /// <exception cref="ArgumentException">The text has half a surrogate pair.</exception>
    public static int SizeOf(string text)
    {
        try
        {
            return Strict.GetByteCount(text);
        }
        catch (EncoderFallbackException e)
        {
            throw new ArgumentException(
                $"A text of {text.Length} characters has half a surrogate pair, U+{(int)e.CharUnknown:X4} at index {e.Index}, so it is no "
                + "Unicode. Separate texts only between whole characters, or use a byte[].",
                e);
        }
    }

    /// <summary>Encodes a text into <paramref name="bytes"/>, which has <see cref="SizeOf"/> bytes.</summary>
    public static void Encode(string text, Span<byte> bytes) => Strict.GetBytes(text, bytes);

    /// <summary>Decodes a text.</summary>
    /// <exception cref="InvalidDataException">The bytes are not UTF-8.</exception>
    public static string Decode(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return Strict.GetString(bytes);
        }
        catch (ArgumentException e)
        {
            throw new InvalidDataException("A text is not UTF-8.", e);
        }
    }
}
