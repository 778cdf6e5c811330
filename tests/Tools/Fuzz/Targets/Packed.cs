namespace RaftActors.Fuzz.Targets;

/// <summary>An input that has a number and a manifest before its bytes. The format is the fuzzer's own.</summary>
internal readonly record struct Packed(int Number, string Manifest, byte[] Bytes)
{
    private const int Head = 2;

    /// <exception cref="InvalidDataException">The input is too short.</exception>
    public static Packed Of(byte[] input)
    {
        var size = input.Length >= Head ? input[1] : int.MaxValue;
        return size <= input.Length - Head
            ? new Packed(input[0], Encoding.Latin1.GetString(input, Head, size), input[(Head + size)..])
            : throw new InvalidDataException("The input has no head.");
    }

    /// <summary>Mutates the bytes, and seldom the head: else most inputs would have an unknown manifest.</summary>
    public static byte[] Mutate(byte[] input, Inputs.Mutator mutator, IReadOnlyList<byte[]> words)
    {
        if (input.Length < Head || Head + input[1] > input.Length || mutator.Random.Next(16) == 0)
        {
            return mutator.Mutate(input, words);
        }

        var start = Head + input[1];
        return [.. input.AsSpan(0, start), .. mutator.Mutate(input[start..], words)];
    }

    public byte[] ToBytes() => [(byte)Number, (byte)Manifest.Length, .. Encoding.Latin1.GetBytes(Manifest), .. Bytes];
}
