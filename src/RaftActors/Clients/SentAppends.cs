using System.Collections;

namespace RaftActors.Clients;

/// <summary>
/// The open Appends that were sent, in the order of their numbers. The numbers are 1, 2, 3 ..., and the open ones span at most
/// <paramref name="span"/>. Not thread-safe.
/// </summary>
internal sealed class SentAppends(int span) : IEnumerable<ClientAppend>
{
    // The Append of number n is at n modulo span. Null: it has ended.
    private readonly ClientAppend?[] _ring = new ClientAppend?[span];

    // Invariant: no Append below _first is open, and none has the number _next yet.
    private long _first = 1;
    private long _next = 1;

    public bool IsEmpty => _first == _next;

    public bool HasRoom => _next - _first < span;

    /// <summary>Gives the Append its number. There must be room.</summary>
    public void Add(ClientAppend append)
    {
        append.Number = _next++;
        _ring[append.Number % span] = append;
    }

    /// <summary>The open Append of this number; null if there is none.</summary>
    public ClientAppend? Find(long number) => number >= _first && number < _next ? _ring[number % span] : null;

    public void Remove(long number)
    {
        if (Find(number) is null)
        {
            return;
        }

        _ring[number % span] = null;
        while (_first < _next && _ring[_first % span] is null)
        {
            _first++;
        }
    }

    public IEnumerator<ClientAppend> GetEnumerator()
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
