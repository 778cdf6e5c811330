using System.Text;

namespace RaftActors.Storage.Format;

/// <summary>Text as UTF-8, strictly: what is not well formed is refused, so that text stays the same on its way.</summary>
internal static class StrictText
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <exception cref="ArgumentException">Half a surrogate pair.</exception>
    public static byte[] Encode(string text) => Strict.GetBytes(text);

    /// <exception cref="ArgumentException">Half a surrogate pair.</exception>
    public static int SizeOf(string text) => Strict.GetByteCount(text);

    public static void Encode(string text, Span<byte> bytes) => Strict.GetBytes(text, bytes);

    /// <exception cref="InvalidDataException">Not UTF-8.</exception>
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
