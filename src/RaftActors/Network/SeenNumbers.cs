namespace RaftActors.Network;

/// <summary>
/// The numbers that came lately, so that each is taken once. A number far below the highest one counts as seen: its message is lost.
/// Not thread-safe.
/// </summary>
internal sealed class SeenNumbers
{
    /// <summary>A number so far below the highest one counts as seen.</summary>
    public const int Window = 64 * 1024;

    private const int BitsPerWord = 64;

    // The bit of a number is at its place modulo the window.
    private readonly ulong[] _bits = new ulong[Window / BitsPerWord];
    private long _highest;

    /// <param name="number">Above 0.</param>
    /// <returns>False: it came before, or too late.</returns>
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

    // The bits of the numbers in between belonged to numbers that are too far below now.
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
