using System.Collections;

namespace RaftActors.Engine.Requests;

/// <summary>
/// The open Appends that were sent, in the order of their numbers, which rise. Those of a client are 1, 2, 3 ...; an actor's have numbers
/// already. The open ones span at most <paramref name="span"/> numbers and <paramref name="maxBytes"/>. Not thread-safe.
/// </summary>
internal sealed class SentAppends(int span, long maxBytes) : IEnumerable<SessionAppend>
{
    // The Append of number n is at n modulo span. Null: there is none.
    private readonly SessionAppend?[] _ring = new SessionAppend?[span];

    // Invariant: no Append below _first is open, and none has the number _next yet.
    private long _first = 1;
    private long _next = 1;
    private long _bytes;

    public int Count { get; private set; }

    /// <summary>Adds an Append, and gives it a number if it has none. False: there is no room.</summary>
    public bool TryAdd(SessionAppend append)
    {
        var number = append.Number > 0 ? append.Number : _next;
        if (Count == 0)
        {
            _first = number;
        }
        else if (number - _first >= span || _bytes + append.Size > maxBytes)
        {
            return false;
        }

        append.Number = number;
        _next = number + 1;
        _ring[number % span] = append;
        _bytes += append.Size;
        Count++;
        return true;
    }

    /// <summary>The open Append of this number; null if there is none.</summary>
    public SessionAppend? Find(long number) => number >= _first && number < _next ? _ring[number % span] : null;

    /// <summary>Does nothing if another Append, of an earlier life of the caller, has its number.</summary>
    public void Remove(SessionAppend append)
    {
        if (Find(append.Number) != append)
        {
            return;
        }

        _ring[append.Number % span] = null;
        _bytes -= append.Size;
        Count--;
        while (_first < _next && _ring[_first % span] is null)
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
