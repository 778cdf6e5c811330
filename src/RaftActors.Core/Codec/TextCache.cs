using System.Text;

namespace RaftActors.Core.Codec;

/// <summary>
/// Texts that one thread has recently decoded. Many groups append the same keys repeatedly, and nearly all messages have the same few names
/// of processes. Equal texts should share one string, because each entry of a log holds its key.
/// </summary>
/// <param name="sizeMax">A longer text is not kept, so that the cache of a thread stays small.</param>
internal sealed class TextCache(int places, int sizeMax)
{
    [ThreadStatic]
    private static TextCache? _keys;

    [ThreadStatic]
    private static TextCache? _names;

    private readonly string?[] _places = new string?[places];

    public static TextCache Keys => _keys ??= new TextCache(places: 1024, sizeMax: 64);

    public static TextCache Names => _names ??= new TextCache(places: 64, sizeMax: 256);

    /// <exception cref="InvalidDataException">The bytes are no UTF-8.</exception>
    public string Decode(ReadOnlySpan<byte> text)
    {
        if (text.Length > sizeMax)
        {
            return StrictText.Decode(text);
        }

        // Finds only ASCII texts. Others are decoded each time.
        ref var place = ref _places[Crc32C.Of(text) % (uint)_places.Length];
        return place is { } known && Ascii.Equals(text, known) ? known : place = StrictText.Decode(text);
    }
}
