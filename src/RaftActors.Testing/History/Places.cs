namespace RaftActors.Testing.History;

/// <summary>Where a search has been: from here it does not matter how one got there (Lowe).</summary>
/// <param name="Explained">How many ends, from the first on, belong to operations that are placed.</param>
/// <param name="Hash">Of all that makes it this place.</param>
/// <param name="State">After what is placed.</param>
/// <param name="From">The place before it, or -1.</param>
/// <param name="Operation">Was placed to come here from there.</param>
internal readonly record struct Place<TState>(int Explained, int Hash, TState State, int From, int Operation);

/// <summary>
/// All places that a search has been at, by number, from 0. Two are the same if they have the same number of ends explained, the same open
/// operations placed ahead of their ends, and the same state. A hash table with open addressing in flat arrays; nothing that is told
/// depends on a hash, which for strings differs from run to run.
/// </summary>
internal sealed class Places<TState>(int words)
{
    private const int SmallestTable = 64;

    // One more than the place's number; 0: free. At most half full.
    private int[] _table = new int[SmallestTable];
    private ulong[] _placed = new ulong[SmallestTable / 2 * words];
    private Place<TState>[] _places = new Place<TState>[SmallestTable / 2];

    public int Count { get; private set; }

    public ref readonly Place<TState> this[int place] => ref _places[place];

    /// <summary>The open operations that are placed ahead of their ends, as a set of slots.</summary>
    public ReadOnlySpan<ulong> PlacedAt(int place) => _placed.AsSpan(place * words, words);

    /// <returns>The number of the new place, or -1 if it is known.</returns>
    public int Add(int explained, ReadOnlySpan<ulong> placed, TState state, int from, int operation)
    {
        var hash = HashOf(explained, placed, state);
        var slot = hash & (_table.Length - 1);
        for (; _table[slot] != 0; slot = (slot + 1) & (_table.Length - 1))
        {
            if (IsAt(_table[slot] - 1, hash, explained, placed, state))
            {
                return -1;
            }
        }

        _places[Count] = new Place<TState>(explained, hash, state, from, operation);
        placed.CopyTo(_placed.AsSpan(Count * words));
        _table[slot] = ++Count;
        if (Count * 2 == _table.Length)
        {
            Grow();
        }

        return Count - 1;
    }

    private static int HashOf(int explained, ReadOnlySpan<ulong> placed, TState state)
    {
        var hash = Mix(((ulong)explained << 32) | (uint)(state is null ? 0 : EqualityComparer<TState>.Default.GetHashCode(state)));
        foreach (var word in placed)
        {
            hash = Mix(hash ^ word);
        }

        return (int)(hash >> 33);
    }

    // A multiplication carries each bit upwards only, so the upper half is folded back.
    private static ulong Mix(ulong value)
    {
        value *= 0x9E3779B97F4A7C15;
        return value ^ (value >> 32);
    }

    private bool IsAt(int place, int hash, int explained, ReadOnlySpan<ulong> placed, TState state)
    {
        ref readonly var other = ref _places[place];
        return other.Hash == hash
            && other.Explained == explained
            && placed.SequenceEqual(PlacedAt(place))
            && EqualityComparer<TState>.Default.Equals(other.State, state);
    }

    private void Grow()
    {
        var size = _table.Length * 2;
        _table = new int[size];
        Array.Resize(ref _places, size / 2);
        Array.Resize(ref _placed, size / 2 * words);
        for (var place = 0; place < Count; place++)
        {
            var slot = _places[place].Hash & (size - 1);
            while (_table[slot] != 0)
            {
                slot = (slot + 1) & (size - 1);
            }

            _table[slot] = place + 1;
        }
    }
}
