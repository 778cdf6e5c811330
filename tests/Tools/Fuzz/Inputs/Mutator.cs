namespace RaftActors.Fuzz.Inputs;

/// <summary>Makes new inputs of old ones. One seed decides all of them.</summary>
/// <param name="pool">Other inputs, to take pieces from.</param>
public sealed class Mutator(Random random, IReadOnlyList<byte[]> pool)
{
    /// <summary>No input is longer.</summary>
    public const int SizeMax = 64 * 1024;

    private const int RepeatedMax = 4096;
    private const int ShortMax = 16;

    // Borders of the number formats: LEB128, int, long, and the places of their signs.
    private static readonly long[] Extremes =
    [
        0, 1, -1, 2, 7, 8, 63, 64, 127, 128, 255, 256, 1000, 4096, 32767, 32768, 65535, 65536, int.MaxValue, int.MinValue, uint.MaxValue,
        1L << 32, (1L << 32) + 1, long.MaxValue, long.MaxValue - 1, long.MinValue,
    ];

    /// <summary>Decides by chance, for mutations of a target's own.</summary>
    public Random Random => random;

    /// <summary>Changes an input in one to some places.</summary>
    public byte[] Mutate(byte[] input, IReadOnlyList<byte[]> words)
    {
        var bytes = new List<byte>(input);
        for (var left = 1 + Random.Next(1 + Random.Next(6)); left > 0; left--)
        {
            Change(bytes, words);
        }

        return [.. bytes.Count <= SizeMax ? bytes : bytes.Take(SizeMax)];
    }

    private void Change(List<byte> bytes, IReadOnlyList<byte[]> words)
    {
        switch (Random.Next(13))
        {
            case 0:
                Overwrite(bytes, at => (byte)(bytes[at] ^ (1 << Random.Next(8))));
                break;
            case 1:
                Overwrite(bytes, _ => (byte)Random.Next(256));
                break;
            case 2:
                Overwrite(bytes, at => (byte)(bytes[at] + (Random.Next(2) == 0 ? 1 : -1)));
                break;
            case 3:
                Write(bytes, ExtremeNumber(), replaces: true);
                break;
            case 4:
                Write(bytes, ExtremeNumber(), replaces: false);
                break;
            case 5:
                Remove(bytes);
                break;
            case 6:
                Truncate(bytes);
                break;
            case 7:
                Write(bytes, PieceOf(bytes), replaces: false);
                break;
            case 8:
                Swap(bytes);
                break;
            case 9:
                Write(bytes, Repeated(PieceOf(bytes)), replaces: false);
                break;
            case 10 when words.Count > 0:
                Write(bytes, words[Random.Next(words.Count)], replaces: Random.Next(4) == 0);
                break;
            case 11 when words.Count > 0:
                Write(bytes, Repeated(words[Random.Next(words.Count)]), replaces: false);
                break;
            default:
                Write(bytes, PieceOf(pool[Random.Next(pool.Count)]), replaces: Random.Next(2) == 0);
                break;
        }
    }

    private int PlaceIn(List<byte> bytes) => Random.Next(bytes.Count + 1);

    private int LengthUpTo(int max) => max <= 0 ? 0 : Random.Next(1, 1 + Math.Min(max, Random.Next(3) == 0 ? max : ShortMax));

    private void Overwrite(List<byte> bytes, Func<int, byte> make)
    {
        if (bytes.Count > 0)
        {
            var at = Random.Next(bytes.Count);
            bytes[at] = make(at);
        }
    }

    private void Remove(List<byte> bytes)
    {
        var at = PlaceIn(bytes);
        bytes.RemoveRange(at, LengthUpTo(bytes.Count - at));
    }

    private void Truncate(List<byte> bytes)
    {
        var at = PlaceIn(bytes);
        bytes.RemoveRange(at, bytes.Count - at);
    }

    private byte[] PieceOf(IReadOnlyList<byte> bytes)
    {
        var at = Random.Next(bytes.Count + 1);
        return [.. bytes.Skip(at).Take(LengthUpTo(bytes.Count - at))];
    }

    private byte[] Repeated(byte[] piece)
    {
        var times = 1 << Random.Next(13);
        var count = Math.Min(times, Math.Min(RepeatedMax, SizeMax / Math.Max(1, piece.Length)));
        return [.. Enumerable.Repeat(piece, count).SelectMany(each => each)];
    }

    private void Swap(List<byte> bytes)
    {
        var first = PlaceIn(bytes);
        var piece = bytes.GetRange(first, LengthUpTo(bytes.Count - first));
        bytes.RemoveRange(first, piece.Count);
        bytes.InsertRange(PlaceIn(bytes), piece);
    }

    private void Write(List<byte> bytes, byte[] piece, bool replaces)
    {
        var at = PlaceIn(bytes);
        if (replaces)
        {
            bytes.RemoveRange(at, Math.Min(piece.Length, bytes.Count - at));
        }

        bytes.InsertRange(at, piece);
    }

    private byte[] ExtremeNumber()
    {
        var number = Extremes[Random.Next(Extremes.Length)];
        var bytes = new byte[sizeof(long)];
        switch (Random.Next(5))
        {
            case 0:
                return [(byte)number];
            case 1:
                BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
                return bytes[..sizeof(int)];
            case 2:
                BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
                return bytes;
            case 3:
                return Encoding.ASCII.GetBytes($"{number}");
            default:
                return Leb128((ulong)number);
        }
    }

    private static byte[] Leb128(ulong number)
    {
        var bytes = new List<byte>();
        for (; number >= 0x80; number >>= 7)
        {
            bytes.Add((byte)(number | 0x80));
        }

        return [.. bytes, (byte)number];
    }
}
