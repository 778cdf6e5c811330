namespace RaftActors.Simulator;

/// <summary>What can be due.</summary>
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
/// Something that is due at a time. A process's events are void when it has another start than the one they were meant for.
/// </summary>
/// <param name="Order">Of two at the same time the one that was planned first comes first.</param>
internal readonly record struct Event(long At, long Order, EventKind Kind, int Target, int Start, object? Body);

/// <summary>What is due, earliest first: a binary heap whose array is used again and again.</summary>
internal sealed class EventQueue
{
    private Event[] _heap = new Event[256];
    private long _order;

    public int Count { get; private set; }

    /// <summary>What the events carry, in no order.</summary>
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
