using System.Buffers.Binary;

namespace RaftActors.Core;

/// <summary>
/// A rolling 64-bit hash over the pairs of a log and their times. Two logs with the same ones up to a place have the same hash there,
/// whatever no-op and configuration entries lie between. It detects accidents, not attackers. It is the same on every machine, and part of
/// the format.
/// </summary>
internal static class PrefixHash
{
    /// <summary>The hash before the first pair.</summary>
    public const ulong Empty = 0;

    private const ulong Odd1 = 0x9E3779B97F4A7C15;
    private const ulong Odd2 = 0xD6E8FEB86659FD93;

    /// <summary>The hash after one more entry.</summary>
    public static ulong Extend(ulong prefix, in LogEntry entry)
    {
        if (entry.Key is not { } key)
        {
            return prefix;
        }

        // Both lengths are hashed, so that ("ab", "c") and ("a", "bc") differ.
        var value = entry.Value;
        var hash = Mix(Mix(prefix ^ (uint)key.Length, (uint)value.Length), (ulong)entry.Time.Milliseconds);
        return Extend(Extend(hash, key), value.Span);
    }

    /// <summary>The hash after more characters. Their number is no part of it.</summary>
    public static ulong Extend(ulong hash, string text)
    {
        foreach (var letter in text)
        {
            hash = Mix(hash, letter);
        }

        return hash;
    }

    /// <summary>The hash after more bytes. Their number is no part of it.</summary>
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

    /// <summary>The hash after one more word.</summary>
    public static ulong Mix(ulong hash, ulong word)
    {
        var high = Math.BigMul((hash + Odd1) ^ word, Odd2, out var low);
        return high ^ low ^ (hash << 1);
    }
}
