using System.Diagnostics.CodeAnalysis;

namespace RaftActors.Engine.Requests;

/// <summary>Items ordered by the tick of their deadline. A tick looks only at items that are due.</summary>
internal sealed class Deadlines<T>
    where T : class
{
    // Invariant: no list is empty. Most items end long before their deadline, and empty ticks must not pile up.
    private readonly SortedDictionary<long, Due> _byTick = [];

    /// <summary>The number of ticks with items.</summary>
    public int Ticks => _byTick.Count;

    /// <summary>Adds an item. Returns the node to give to <see cref="Remove"/>.</summary>
    public LinkedListNode<T> Add(T item, long tick)
    {
        if (!_byTick.TryGetValue(tick, out var items))
        {
            _byTick.Add(tick, items = new Due(tick));
        }

        return items.AddLast(item);
    }

    /// <summary>Does nothing if the item was removed or taken before.</summary>
    public void Remove(LinkedListNode<T> node)
    {
        if (node.List is Due items)
        {
            items.Remove(node);
            if (items.Count == 0)
            {
                _byTick.Remove(items.Tick);
            }
        }
    }

    /// <summary>Takes one item whose tick is not after <paramref name="now"/>, the earliest first; false if there is none.</summary>
    public bool TryTakeDue(long now, [NotNullWhen(true)] out T? item)
    {
        item = null;
        if (_byTick.Count > 0 && _byTick.First() is var (tick, items) && tick <= now && items.First is { } first)
        {
            item = first.Value;
            Remove(first);
        }

        return item is not null;
    }

    public void Clear() => _byTick.Clear();

    private sealed class Due(long tick) : LinkedList<T>
    {
        public long Tick => tick;
    }
}
