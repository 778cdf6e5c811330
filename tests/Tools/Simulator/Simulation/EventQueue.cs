namespace RaftActors.Simulator;

/// <summary>Kinds of events.</summary>
internal enum EventKind
{
    Deliver,
    Tick,
    Written,
    Start,
    Resume,
    Fault,
    FaultEnd,
    Client,
    Discarded,
}

/// <summary>
/// An event that is due at a time. An event for a process is void after the process has restarted.
/// </summary>
/// <param name="Order">Orders events of the same time: first planned, first due.</param>
internal readonly record struct Event(long At, long Order, EventKind Kind, int Target, int Start, object? Body);

/// <summary>A queue of events, earliest first: a binary heap that reuses its array.</summary>
internal sealed class EventQueue
{
    private Event[] _heap = new Event[256];
    private long _order;

    public int Count { get; private set; }

    /// <summary>The bodies of all events, in no order.</summary>
    public IEnumerable<object?> Bodies() => _heap.Take(Count).Select(due => due.Body);

    public void Add(long at, EventKind kind, int target, int start = 0, object? body = null)
    {
        if (Count == _heap.Length)
        {
            Array.Resize(ref _heap, 2 * Count);
        }

        var added = new Event(at, _order++, kind, target, start, body);
        var place = Count++;
        while (place > 0 && IsBefore(added, _heap[(place - 1) / 2]))
        {
            _heap[place] = _heap[(place - 1) / 2];
            place = (place - 1) / 2;
        }

        _heap[place] = added;
    }

    public Event Take()
    {
        var first = _heap[0];
        var last = _heap[--Count];
        _heap[Count] = default;
        var place = 0;
        while (true)
        {
            var child = (2 * place) + 1;
            if (child >= Count)
            {
                break;
            }

            if (child + 1 < Count && IsBefore(_heap[child + 1], _heap[child]))
            {
                child++;
            }

            if (!IsBefore(_heap[child], last))
            {
                break;
            }

            _heap[place] = _heap[child];
            place = child;
        }

        if (Count > 0)
        {
            _heap[place] = last;
        }

        return first;
    }

    private static bool IsBefore(in Event one, in Event other) => one.At != other.At ? one.At < other.At : one.Order < other.Order;
}
