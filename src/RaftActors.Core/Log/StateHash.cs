using System.Buffers.Binary;

namespace RaftActors;

/// <summary>
/// A 64-bit hash, such as the one that HandleDigest returns. It is the same on every machine, and begins with 0. It detects accidents, not
/// attackers.
/// </summary>
public static class StateHash
{
    private const ulong Odd1 = 0x9E3779B97F4A7C15;
    private const ulong Odd2 = 0xD6E8FEB86659FD93;

    /// <summary>Adds characters to a hash. Their number is not included.</summary>
    public static ulong Extend(ulong hash, string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        foreach (var letter in text)
        {
            hash = Mix(hash, letter);
        }

        return hash;
    }

    /// <summary>Adds bytes to a hash. Their number is not included.</summary>
    public static ulong Extend(ulong hash, ReadOnlySpan<byte> bytes)
    {
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
        {
            hash = Mix(hash, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        }

        foreach (var single in bytes)
        {
            hash = Mix(hash, single);
        }

        return hash;
    }

    /// <summary>Adds a word to a hash.</summary>
    public static ulong Mix(ulong hash, ulong word)
    {
        var high = Math.BigMul((hash + Odd1) ^ word, Odd2, out var low);
        return high ^ low ^ (hash << 1);
    }
}
