namespace RaftActors.Testing.History;

/// <summary>A visited place of a search. The way to it does not matter for the rest of the search (Lowe).</summary>
/// <param name="Explained">The number of ends, from the first on, whose operations are placed.</param>
/// <param name="Hash">The hash of everything that identifies the place.</param>
/// <param name="State">The state after the placed operations.</param>
/// <param name="From">The preceding place, or -1.</param>
/// <param name="Operation">The operation that led here from there.</param>
internal readonly record struct Place<TState>(int Explained, int Hash, TState State, int From, int Operation);

/// <summary>
/// The visited places of a search, by number from 0. Two places are equal if they have the same number of explained ends, the same open
/// operations placed ahead of their ends, and the same state. It is a hash table with open addressing in flat arrays. Invariant: no
/// verdict depends on a hash, because hashes of strings differ from run to run.
/// </summary>
internal sealed class Places<TState>(int words)
{
    private const int SmallestTable = 64;

    // One more than the place's number; 0 is a free slot. At most half full.
    private int[] _table = new int[SmallestTable];
    private ulong[] _placed = new ulong[SmallestTable / 2 * words];
    private Place<TState>[] _places = new Place<TState>[SmallestTable / 2];

    public int Count { get; private set; }

    public ref readonly Place<TState> this[int place] => ref _places[place];

    /// <summary>Returns the open operations that are placed ahead of their ends, as a set of slots.</summary>
    public ReadOnlySpan<ulong> PlacedAt(int place) => _placed.AsSpan(place * words, words);

    /// <returns>The number of the new place, or -1 if the place was visited before.</returns>
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
