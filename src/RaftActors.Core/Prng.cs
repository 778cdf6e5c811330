namespace RaftActors.Core;

/// <summary>
/// SplitMix64, the source of every random choice, seeded from outside. It is own code, so that a seed gives the same run on every version
/// of the base library. It uses no floating point, so that it does so on every machine.
/// </summary>
internal sealed class Prng(ulong seed)
{
    private ulong _state = seed;

    public ulong Next()
    {
        _state += 0x9E3779B97F4A7C15;
        var z = _state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>A number from <paramref name="least"/> to <paramref name="most"/>, both included.</summary>
    public int Between(int least, int most) => least + (int)Math.BigMul(Next(), (ulong)((long)most - least + 1), out _);
}
