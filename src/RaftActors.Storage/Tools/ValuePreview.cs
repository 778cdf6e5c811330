using System.Text;

namespace RaftActors.Storage.Tools;

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
        var text = TextOf(start) ?? (start.Length > 1 ? TextOf(start[1..]) : null);
        return (text ?? Convert.ToHexStringLower(start)) + (value.Length > SizeMax ? "..." : "");
    }

    private static string? TextOf(ReadOnlySpan<byte> bytes)
    {
        var text = Encoding.UTF8.GetString(bytes);
        return text.AsSpan().ContainsAnyInRange('\0', '\x1f') || text.Contains('\ufffd') || text.Contains('\x7f') ? null : text;
    }
}
