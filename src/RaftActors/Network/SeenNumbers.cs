namespace RaftActors.Network;

/// <summary>
/// The recently seen numbers, so that each is accepted once. A number far below the highest one counts as seen, and its message is lost.
/// Not thread-safe.
/// </summary>
internal sealed class SeenNumbers
{
    public const int Window = 64 * 1024;

    private const int BitsPerWord = 64;

    // The bit of a number is at its place modulo the window.
    private readonly ulong[] _bits = new ulong[Window / BitsPerWord];
    private long _highest;

    /// <returns>False if the number is not positive, was seen before, or comes too late.</returns>
    public bool TryAdd(long number)
    {
        if (number <= 0 || number <= _highest - Window)
        {
            return false;
        }

        if (number > _highest)
        {
            MoveTo(number);
        }
        else if ((Word(number) & Bit(number)) != 0)
        {
            return false;
        }

        Word(number) |= Bit(number);
        return true;
    }

    // Clears the bits of the skipped numbers, which belonged to numbers that are too low now.
    private void MoveTo(long number)
    {
        if (number - _highest >= Window)
        {
            Array.Clear(_bits);
        }
        else
        {
            for (var between = _highest + 1; between <= number; between++)
            {
                Word(between) &= ~Bit(between);
            }
        }

        _highest = number;
    }

    private static ulong Bit(long number) => 1UL << (int)(number % BitsPerWord);

    private ref ulong Word(long number) => ref _bits[number % Window / BitsPerWord];
}
