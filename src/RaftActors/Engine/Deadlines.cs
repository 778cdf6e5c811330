using System.Diagnostics.CodeAnalysis;

namespace RaftActors.Engine;

/// <summary>Items by the tick at which their time is up. A tick looks only at items that are due.</summary>
internal sealed class Deadlines<T>
    where T : class
{
    private readonly SortedDictionary<long, LinkedList<T>> _byTick = [];

    /// <summary>The node is for <see cref="Remove"/>.</summary>
    public LinkedListNode<T> Add(T item, long tick)
    {
        if (!_byTick.TryGetValue(tick, out var items))
        {
            _byTick.Add(tick, items = []);
        }

        return items.AddLast(item);
    }

    /// <summary>Does nothing if the item was removed or taken before.</summary>
    public static void Remove(LinkedListNode<T> node) => node.List?.Remove(node);

    /// <summary>Takes one item whose tick is not after <paramref name="now"/>, the earliest first; false if there is none.</summary>
    public bool TryTakeDue(long now, [NotNullWhen(true)] out T? item)
    {
        item = null;
        while (item is null && _byTick.Count > 0 && _byTick.First() is var (tick, items) && tick <= now)
        {
            if (items.First is { } first)
            {
                item = first.Value;
                items.RemoveFirst();
            }
            else
            {
                _byTick.Remove(tick);
            }
        }

        return item is not null;
    }

    public void Clear() => _byTick.Clear();
}
