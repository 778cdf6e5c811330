using System.Text;

namespace RaftActors.Core.Codec;

/// <summary>
/// The members that one thread has recently met. Logs and messages have the same few members repeatedly, and equal ones should share their
/// object.
/// </summary>
internal sealed class MemberCache
{
    private const int Places = 1024;

    // A longer name is not kept, so that the cache of a thread stays small.
    private const int LengthMax = 256;

    [ThreadStatic]
    private static MemberCache? _ofThread;

    private readonly Member[] _places = new Member[Places];

    public static MemberCache OfThread => _ofThread ??= new MemberCache();

    public Member Of(ProcessName name, Incarnation incarnation)
    {
        if (name.Value.Length > LengthMax)
        {
            return new Member(name, incarnation);
        }

        ref var place = ref _places[PlaceOf(incarnation)];
        if (place.Incarnation != incarnation || place.Name != name)
        {
            place = new Member(name, incarnation);
        }

        return place;
    }

    /// <summary>Decodes the name of a member.</summary>
    /// <exception cref="InvalidDataException">The bytes are no UTF-8, or the text is no name of a process.</exception>
    public Member Decode(ReadOnlySpan<byte> name, Incarnation incarnation)
    {
        var known = _places[PlaceOf(incarnation)];
        return known.Incarnation == incarnation && !name.IsEmpty && Ascii.Equals(name, known.Name.Value)
            ? known
            : Of(ByteReader.NameOf(name), incarnation);
    }

    private static int PlaceOf(Incarnation incarnation) => (int)((uint)incarnation.GetHashCode() % Places);
}
