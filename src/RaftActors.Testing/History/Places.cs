using System.Runtime.InteropServices;

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
/// operations placed ahead of their ends, and the same state. Invariant: no verdict depends on a hash, because hashes of strings differ
/// from run to run.
/// </summary>
internal sealed class Places<TState> : IEqualityComparer<int>
{
    private readonly int _words;
    private readonly List<ulong> _placed = [];
    private readonly List<Place<TState>> _places = [];

    // The numbers of all places, compared by what is at them.
    private readonly HashSet<int> _numbers;

    /// <param name="words">The number of 64-bit words in a set of slots.</param>
    public Places(int words) => (_words, _numbers) = (words, new HashSet<int>(this));

    public int Count => _places.Count;

    public ref readonly Place<TState> this[int place] => ref CollectionsMarshal.AsSpan(_places)[place];

    /// <summary>Returns the open operations that are placed ahead of their ends, as a set of slots.</summary>
    public ReadOnlySpan<ulong> PlacedAt(int place) => CollectionsMarshal.AsSpan(_placed).Slice(place * _words, _words);

    /// <returns>The number of the new place, or -1 if the place was visited before.</returns>
    public int Add(int explained, ReadOnlySpan<ulong> placed, TState state, int from, int operation)
    {
        var number = Count;
        _places.Add(new Place<TState>(explained, HashOf(explained, placed, state), state, from, operation));
        _placed.AddRange(placed);
        if (_numbers.Add(number))
        {
            return number;
        }

        _places.RemoveAt(number);
        _placed.RemoveRange(number * _words, _words);
        return -1;
    }

    bool IEqualityComparer<int>.Equals(int one, int other) =>
        this[one].Explained == this[other].Explained
        && PlacedAt(one).SequenceEqual(PlacedAt(other))
        && EqualityComparer<TState>.Default.Equals(this[one].State, this[other].State);

    int IEqualityComparer<int>.GetHashCode(int place) => this[place].Hash;

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
}
