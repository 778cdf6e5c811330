using RaftActors.Codec;
using RaftActors.Core;

namespace RaftActors.Storage.Log;

/// <summary>Decodes the origins of requests. A log has few origins, so most entries share one object instead of allocating.</summary>
internal sealed class OriginCache
{
    private const int Places = 64;
    private const int IdentitySize = 16;

    private readonly (byte[] Bytes, Member Member)[] _known = new (byte[], Member)[Places];

    public Member Read(ref ByteReader reader)
    {
        var name = reader.Bytes();
        var identity = reader.Raw(IdentitySize);
        ref var known = ref _known[Crc32C.Append(Crc32C.Of(name), identity) % Places];
        if (known.Bytes is null
            || !known.Bytes.AsSpan(IdentitySize).SequenceEqual(name)
            || !known.Bytes.AsSpan(0, IdentitySize).SequenceEqual(identity))
        {
            known = ([.. identity, .. name], new Member(ByteReader.NameOf(name), new Incarnation(new Guid(identity))));
        }

        return known.Member;
    }
}
