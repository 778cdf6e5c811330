namespace RaftActors.Core.Codec;

/// <summary>
/// The names of processes that one thread has recently decoded, by their bytes. Nearly all messages have the same few names. Without the
/// cache, a message would make a string for each name.
/// </summary>
internal sealed class NameCache
{
    private const int Places = 64;

    // A longer name is not kept, so that the cache of a thread stays small.
    private const int SizeMax = 256;

    [ThreadStatic]
    private static NameCache? _ofThread;

    private readonly (byte[] Text, ProcessName Name)[] _places = new (byte[], ProcessName)[Places];

    public static NameCache OfThread => _ofThread ??= new NameCache();

    /// <summary>Decodes the name of a process.</summary>
    /// <exception cref="InvalidDataException">The bytes are no UTF-8.</exception>
    /// <exception cref="FormatException">The text is no name of a process.</exception>
    public ProcessName Decode(ReadOnlySpan<byte> text)
    {
        ref var place = ref _places[PlaceOf(text)];
        if (place.Text is { } known && text.SequenceEqual(known))
        {
            return place.Name;
        }

        var name = new ProcessName(StrictText.Decode(text));
        if (text.Length <= SizeMax)
        {
            place = (text.ToArray(), name);
        }

        return name;
    }

    // FNV-1a.
    private static int PlaceOf(ReadOnlySpan<byte> text)
    {
        var hash = 2166136261;
        foreach (var octet in text)
        {
            hash = (hash ^ octet) * 16777619;
        }

        return (int)(hash % Places);
    }
}
