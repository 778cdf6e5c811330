namespace RaftActors.Simulator.Exhaustive;

/// <summary>
/// A set of 64-bit fingerprints of states, with 8 bytes for each place. Two of N states have the same fingerprint with a probability of
/// about N² / 2^65: one in a million for 6 million states. Then one of them is not explored.
/// </summary>
internal sealed class FingerprintSet
{
    private ulong[] _places = new ulong[1 << 16];
    private int _count;

    /// <summary>Adds a fingerprint. False: the set has it.</summary>
    public bool Add(ulong fingerprint)
    {
        if (_count > _places.Length / 2)
        {
            Grow();
        }

        var isNew = Put(fingerprint == 0 ? 1 : fingerprint);
        _count += isNew ? 1 : 0;
        return isNew;
    }

    private bool Put(ulong fingerprint)
    {
        var place = (int)(fingerprint >> 32) & (_places.Length - 1);
        while (_places[place] != 0)
        {
            if (_places[place] == fingerprint)
            {
                return false;
            }

            place = (place + 1) & (_places.Length - 1);
        }

        _places[place] = fingerprint;
        return true;
    }

    private void Grow()
    {
        var former = _places;
        _places = new ulong[2 * former.Length];
        foreach (var fingerprint in former)
        {
            if (fingerprint != 0)
            {
                Put(fingerprint);
            }
        }
    }
}
