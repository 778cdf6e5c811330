using RaftActors.Core;
using RaftActors.Core.Codec;
using RaftActors.Wire;

namespace RaftActors.Delivery;

/// <summary>
/// The hash over the results of an actor since the latest multiple of <see cref="StateDigest.PairsMax"/>. It is part of a snapshot, so
/// that an actor that starts from it continues the hash. A pair out of order begins a new range. Not thread-safe: the actor's own.
/// </summary>
internal struct RunningDigest
{
    // Stands for a result that cannot be hashed, and for a failed callback.
    private const ulong None = Odd;

    // Stand for results that are no numbers. No number should have their hash.
    private const ulong Null = Odd + 1;
    private const ulong False = Odd + 2;
    private const ulong True = Odd + 3;
    private const ulong Odd = 0x52A6_1F3D_9C47_E805;

    private Serial _after;
    private Serial _to;
    private ulong _hash;

    /// <summary>The digest of the pairs so far, without a state.</summary>
    public readonly StateDigest Now => new(_after, _to, _hash, State: null, GroupVersion.Lowest.Logic);

    /// <summary>Adds an immutable result by its value.</summary>
    public void AddUnchanging<T>(Serial serial, T result) => Extend(serial, result switch
    {
        null => Null,
        bool flag => flag ? True : False,
        string text => StateHash.Extend(StateHash.Mix(PrefixHash.Empty, (uint)text.Length), text),
        sbyte number => (ulong)number,
        short number => (ulong)number,
        int number => (ulong)number,
        long number => (ulong)number,
        byte number => number,
        ushort number => number,
        uint number => number,
        ulong number => number,
        float number => BitConverter.SingleToUInt32Bits(number),
        double number => BitConverter.DoubleToUInt64Bits(number),
        decimal number => Of(number),
        _ => None,
    });

    public void AddBytes(Serial serial, ReadOnlySpan<byte> result) =>
        Extend(serial, StateHash.Extend(StateHash.Mix(PrefixHash.Empty, (uint)result.Length), result));

    /// <summary>Adds a pair whose result cannot be hashed on every process.</summary>
    public void Skip(Serial serial) => Extend(serial, None);

    public readonly void Write(ByteWriter writer)
    {
        writer.Number(_after.Value);
        writer.Difference(_to.Value - _after.Value);
        writer.Hash(_hash);
    }

    public static RunningDigest Read(ref ByteReader reader)
    {
        var after = new Serial(reader.Count());
        return new RunningDigest { _after = after, _to = new Serial(reader.CountFrom(after.Value)), _hash = reader.Hash() };
    }

    private void Extend(Serial serial, ulong result)
    {
        if (serial != _to.Next || Now.IsComplete)
        {
            (_after, _hash) = (new Serial(serial.Value - 1), PrefixHash.Empty);
        }

        (_to, _hash) = (serial, StateHash.Mix(_hash, result));
    }

    // Removes trailing zeros, because 1.0 and 1.00 are equal.
    private static ulong Of(decimal number)
    {
        Span<int> parts = stackalloc int[4];
        decimal.GetBits(number, parts);
        var hash = PrefixHash.Empty;
        foreach (var part in parts)
        {
            hash = StateHash.Mix(hash, (uint)part);
        }

        return hash;
    }
}
