using System.Buffers.Binary;
using System.Text;

namespace RaftActors.Core.Codec;

/// <summary>
/// The keys of pairs that one thread decoded lately. Many groups append the same keys again and again. Equal keys should share one string,
/// because each entry of a log holds its key.
/// </summary>
internal sealed class KeyCache
{
    private const int Places = 1024;

    // A longer key is not kept, so the cache of a thread is small.
    private const int SizeMax = 64;

    [ThreadStatic]
    private static KeyCache? _ofThread;

    private readonly string?[] _places = new string?[Places];

    /// <summary>The cache of the calling thread.</summary>
    public static KeyCache OfThread => _ofThread ??= new KeyCache();

    /// <summary>Decodes a key.</summary>
    /// <exception cref="InvalidDataException">The bytes are no UTF-8.</exception>
    public string Decode(ReadOnlySpan<byte> text)
    {
        if (text.Length > SizeMax)
        {
            return StrictText.Decode(text);
        }

        // Only keys in ASCII are found. The others are decoded each time.
        ref var place = ref _places[PlaceOf(text)];
        return place is { } known && Ascii.Equals(text, known) ? known : place = StrictText.Decode(text);
    }

    // Keys often differ in their last letters only.
    private static int PlaceOf(ReadOnlySpan<byte> text)
    {
        Span<byte> end = stackalloc byte[sizeof(ulong)];
        end.Clear();
        text[^Math.Min(text.Length, sizeof(ulong))..].CopyTo(end);
        var mixed = (BinaryPrimitives.ReadUInt64LittleEndian(end) + (uint)text.Length) * 0x9E3779B97F4A7C15;
        return (int)((mixed >> 32) % Places);
    }
}
