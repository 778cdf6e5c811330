using System.Buffers.Binary;
using System.Text;

namespace RaftActors.Core.Codec;

/// <summary>
/// The keys of pairs that one thread has recently decoded. Many groups append the same keys repeatedly. Equal keys should share one
/// string, because each entry of a log holds its key.
/// </summary>
internal sealed class KeyCache
{
    private const int Places = 1024;

    // A longer key is not kept, so that the cache of a thread stays small.
    private const int SizeMax = 64;

    [ThreadStatic]
    private static KeyCache? _ofThread;

    private readonly string?[] _places = new string?[Places];

    public static KeyCache OfThread => _ofThread ??= new KeyCache();

    /// <exception cref="InvalidDataException">The bytes are no UTF-8.</exception>
    public string Decode(ReadOnlySpan<byte> text)
    {
        if (text.Length > SizeMax)
        {
            return StrictText.Decode(text);
        }

        // Finds only ASCII keys. Others are decoded each time.
        ref var place = ref _places[PlaceOf(text)];
        return place is { } known && Ascii.Equals(text, known) ? known : place = StrictText.Decode(text);
    }

    // Uses the end of the text, because keys often differ only in their last letters.
    private static int PlaceOf(ReadOnlySpan<byte> text)
    {
        Span<byte> end = stackalloc byte[sizeof(ulong)];
        end.Clear();
        text[^Math.Min(text.Length, sizeof(ulong))..].CopyTo(end);
        var mixed = (BinaryPrimitives.ReadUInt64LittleEndian(end) + (uint)text.Length) * 0x9E3779B97F4A7C15;
        return (int)((mixed >> 32) % Places);
    }
}
