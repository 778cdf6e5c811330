using System.Collections;

namespace RaftActors.Sessions;

/// <summary>
/// The open Appends that were sent, in the order of their numbers. A client's get the numbers 1, 2, 3 and so on here, and an actor's have
/// numbers before. They span at most <see cref="Span"/> numbers and <paramref name="maxBytes"/>. Not thread-safe.
/// </summary>
internal sealed class SentAppends(long maxBytes) : IEnumerable<SessionAppend>
{
    /// <summary>The number of requests of one origin that the group remembers.</summary>
    public const int Span = 256;

    // The Append of number n is at n modulo Span.
    private readonly SessionAppend?[] _ring = new SessionAppend?[Span];

    // Invariant: the open ones have numbers from _first to below _next, which are at most Span apart.
    private long _first = 1;
    private long _next = 1;
    private long _bytes;

    public int Count { get; private set; }

    /// <summary>The highest number of an Append that was added, or 0.</summary>
    public long Last { get; private set; }

    /// <summary>How many of them are not under way. Later Appends must wait for these.</summary>
    public int Halted { get; private set; }

    /// <summary>Adds an Append, and gives it a number if it has none. Returns false if there is no room.</summary>
    public bool TryAdd(SessionAppend append)
    {
        var number = append.Number > 0 ? append.Number : _next;

        // Two actors of a process may be alive for a moment, so a lower number may come later.
        var (first, next) = Count == 0 ? (number, number + 1) : (Math.Min(_first, number), Math.Max(_next, number + 1));
        if (Count > 0 && (next - first > Span || _bytes + append.Size > maxBytes))
        {
            return false;
        }

        (_first, _next, append.Number, Last) = (first, next, number, Math.Max(Last, number));
        _ring[number % Span] = append;
        _bytes += append.Size;
        Count++;
        Halted++;
        return true;
    }

    /// <summary>Notes that an attempt begins, or that the last one was refused or lost.</summary>
    public void SetUnderWay(SessionAppend append, bool isUnderWay)
    {
        if (append.IsUnderWay != isUnderWay && Find(append.Number) == append)
        {
            append.IsUnderWay = isUnderWay;
            Halted += isUnderWay ? -1 : 1;
        }
    }

    /// <summary>The open Append of this number, if there is one.</summary>
    public SessionAppend? Find(long number) => number >= _first && number < _next ? _ring[number % Span] : null;

    /// <summary>Does nothing if another Append, of an earlier life of the caller, has its number.</summary>
    public void Remove(SessionAppend append)
    {
        if (Find(append.Number) != append)
        {
            return;
        }

        _ring[append.Number % Span] = null;
        _bytes -= append.Size;
        Count--;
        Halted -= append.IsUnderWay ? 0 : 1;
        while (_first < _next && _ring[_first % Span] is null)
        {
            _first++;
        }
    }

    public IEnumerator<SessionAppend> GetEnumerator()
    {
        for (var number = _first; number < _next; number++)
        {
            if (Find(number) is { } append)
            {
                yield return append;
            }
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
