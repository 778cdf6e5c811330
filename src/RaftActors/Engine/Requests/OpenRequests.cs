using System.Diagnostics.CodeAnalysis;

namespace RaftActors.Engine.Requests;

/// <summary>
/// The open calls of one kind by number, each with the tick of its deadline. A tick looks only at calls that are due. Not thread-safe.
/// </summary>
internal sealed class OpenRequests<T>
    where T : class
{
    private readonly Dictionary<long, (T Request, LinkedListNode<long> Deadline)> _byNumber = [];

    // Invariant: no list is empty. Most calls end long before their deadlines, so empty lists would accumulate.
    private readonly SortedDictionary<long, Due> _byTick = [];

    public int Count => _byNumber.Count;

    /// <summary>The number of ticks with deadlines.</summary>
    public int Ticks => _byTick.Count;

    /// <summary>A copy of all in the order of their numbers, so that they may end meanwhile.</summary>
    public T[] InOrder => Count == 0 ? [] : [.. _byNumber.OrderBy(each => each.Key).Select(each => each.Value.Request)];

    /// <param name="deadline">The first tick at which <see cref="TryTakeDue"/> takes the call.</param>
    public void Add(long number, T request, long deadline)
    {
        if (!_byTick.TryGetValue(deadline, out var numbers))
        {
            _byTick.Add(deadline, numbers = new Due(deadline));
        }

        _byNumber.Add(number, (request, numbers.AddLast(number)));
    }

    public T? Find(long number) => _byNumber.TryGetValue(number, out var open) ? open.Request : null;

    /// <summary>Removes a call that ends. Returns false if it has ended before.</summary>
    public bool TryTake(long number, [NotNullWhen(true)] out T? request)
    {
        var isOpen = _byNumber.Remove(number, out var open);
        request = open.Request;
        if (isOpen && open.Deadline.List is Due numbers)
        {
            numbers.Remove(open.Deadline);
            if (numbers.Count == 0)
            {
                _byTick.Remove(numbers.Tick);
            }
        }

        return isOpen;
    }

    /// <summary>Removes a call that ends. Does nothing if it has ended before.</summary>
    public void Remove(long number) => TryTake(number, out _);

    /// <summary>Removes the call with the earliest deadline, if that is not after <paramref name="now"/>.</summary>
    public bool TryTakeDue(long now, [NotNullWhen(true)] out T? request)
    {
        request = null;
        return _byTick.Count > 0
            && _byTick.First() is var (tick, numbers)
            && tick <= now
            && TryTake(numbers.First!.Value, out request); // Justification: no list is empty.
    }

    /// <summary>Removes all, and returns them in the order of their numbers.</summary>
    public T[] TakeAll()
    {
        var all = InOrder;
        _byNumber.Clear();
        _byTick.Clear();
        return all;
    }

    private sealed class Due(long tick) : LinkedList<long>
    {
        public long Tick => tick;
    }
}
