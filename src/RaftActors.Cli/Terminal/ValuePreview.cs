using System.Text;

namespace RaftActors.Cli.Terminal;

/// <summary>
/// The first bytes of a value for people, who may not know its type: as text if they are text, otherwise in hexadecimal. The first octet
/// of a value tells its kind, and is left out before a text, as in strings and JSON.
/// </summary>
internal static class ValuePreview
{
    private const int SizeMax = 40;

    public static string Of(ReadOnlySpan<byte> value)
    {
        var start = value[..Math.Min(value.Length, SizeMax)];
        var whole = start[..^CutOf(value)];
        var text = TextOf(whole) ?? (whole.Length > 1 ? TextOf(whole[1..]) : null);
        return (text ?? Convert.ToHexStringLower(start)) + (value.Length > SizeMax ? "..." : "");
    }

    // The bytes of a character of UTF-8 that the end of the preview would cut.
    private static int CutOf(ReadOnlySpan<byte> value)
    {
        var length = 0;
        while (value.Length > SizeMax && length < 3 && (value[SizeMax - length] & 0xC0) == 0x80)
        {
            length++;
        }

        return length;
    }

    private static string? TextOf(ReadOnlySpan<byte> bytes)
    {
        var text = Encoding.UTF8.GetString(bytes);
        return text.AsSpan().ContainsAnyInRange('\0', '\x1f') || text.Contains('\ufffd') || text.Contains('\x7f') ? null : text;
    }
}
