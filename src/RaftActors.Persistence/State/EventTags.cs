using System.Buffers.Binary;
using System.Text;

namespace RaftActors.Persistence.State;

/// <summary>The tags in the bytes of an event, where <c>Payloads</c> writes them: behind the writer, the time and the manifest.</summary>
internal static class EventTags
{
    /// <summary>Returns the tags. Bytes of another form have none: a command that is in the log must not fail.</summary>
    public static IReadOnlyList<string> Of(ReadOnlySpan<byte> bytes)
    {
        var rest = bytes;
        if (!TryTakeText(ref rest, out _) || !TryTake(ref rest, sizeof(long), out _) || !TryTakeText(ref rest, out _)
            || !TryTake(ref rest, sizeof(int), out var count))
        {
            return [];
        }

        List<string> tags = [];
        for (var left = BinaryPrimitives.ReadInt32LittleEndian(count); left > 0; left--)
        {
            if (!TryTakeText(ref rest, out var tag))
            {
                return [];
            }

            tags.Add(Encoding.UTF8.GetString(tag));
        }

        return tags;
    }

    private static bool TryTake(ref ReadOnlySpan<byte> rest, int length, out ReadOnlySpan<byte> taken)
    {
        var isThere = length >= 0 && length <= rest.Length;
        taken = isThere ? rest[..length] : default;
        rest = isThere ? rest[length..] : default;
        return isThere;
    }

    // As a BinaryWriter writes it: the length in bytes, seven bits in each byte, and then the text.
    private static bool TryTakeText(ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> text)
    {
        var length = 0;
        for (var shift = 0; shift < 28 && TryTake(ref rest, 1, out var next); shift += 7)
        {
            length |= (next[0] & 0x7F) << shift;
            if (next[0] < 0x80)
            {
                return TryTake(ref rest, length, out text);
            }
        }

        text = default;
        return false;
    }
}
