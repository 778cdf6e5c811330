namespace RaftActors.Simulator.Actors.Lists;

/// <summary>The order of items, and of moments between them. Edges from an item to itself are ignored.</summary>
internal sealed class OrderGraph<T>
    where T : class
{
    private readonly Dictionary<T, int> _numbers = new(ReferenceEqualityComparer.Instance);

    // Null: a moment.
    private readonly List<T?> _items = [];
    private readonly List<List<int>> _later = [];

    public void Add(T earlier, T later) => AddEdge(NumberOf(earlier), NumberOf(later));

    public int NewMoment() => NewNode(null);

    public void AddMoments(int earlier, int later) => AddEdge(earlier, later);

    public void AddToMoment(T earlier, int later) => AddEdge(NumberOf(earlier), later);

    public void AddFromMoment(int earlier, T later) => AddEdge(earlier, NumberOf(later));

    /// <summary>Finds items of which each comes before the next one, and the last one before the first; null: there are none.</summary>
    public IReadOnlyList<T>? FindCycle()
    {
        // 0: not visited; 1: on the path; 2: done. Without recursion: a path may have thousands of nodes.
        var states = new byte[_items.Count];
        var path = new Stack<(int Node, int Next)>();
        for (var start = 0; start < states.Length; start++)
        {
            if (states[start] != 0)
            {
                continue;
            }

            states[start] = 1;
            path.Push((start, 0));
            while (path.TryPop(out var top))
            {
                if (top.Next == _later[top.Node].Count)
                {
                    states[top.Node] = 2;
                    continue;
                }

                path.Push((top.Node, top.Next + 1));
                var next = _later[top.Node][top.Next];
                if (states[next] == 1)
                {
                    return ItemsFrom(next, path);
                }

                if (states[next] == 0)
                {
                    states[next] = 1;
                    path.Push((next, 0));
                }
            }
        }

        return null;
    }

    private List<T> ItemsFrom(int first, Stack<(int Node, int Next)> path)
    {
        var nodes = path.Select(each => each.Node).TakeWhile(node => node != first).Append(first).Reverse();
        return [.. nodes.Select(node => _items[node]).OfType<T>()];
    }

    private int NumberOf(T item) => _numbers.TryGetValue(item, out var known) ? known : _numbers[item] = NewNode(item);

    private int NewNode(T? item)
    {
        _items.Add(item);
        _later.Add([]);
        return _items.Count - 1;
    }

    private void AddEdge(int earlier, int later)
    {
        if (earlier != later)
        {
            _later[earlier].Add(later);
        }
    }
}
