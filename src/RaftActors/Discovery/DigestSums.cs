using System.Numerics;

namespace RaftActors.Discovery;

/// <summary>
/// The numbers that are an exclusive or of some digests (Gaussian elimination). With more than 64 digests this may be every number.
/// </summary>
internal sealed class DigestSums
{
    // By the highest bit of each. Zero: none has it.
    private readonly ulong[] _basis = new ulong[64];

    public void Add(ulong digest)
    {
        var rest = RestOf(digest);
        if (rest != 0)
        {
            _basis[BitOperations.Log2(rest)] = rest;
        }
    }

    /// <summary>Whether the number is the exclusive or of some of the digests. Zero is that of none.</summary>
    public bool Has(ulong number) => RestOf(number) == 0;

    private ulong RestOf(ulong number)
    {
        while (number != 0 && _basis[BitOperations.Log2(number)] is var known and not 0)
        {
            number ^= known;
        }

        return number;
    }
}
