using System.Runtime.InteropServices;

namespace RaftActors.Testing.History;

/// <summary>
/// Searches an order of one partition's operations, from end to end: Wing and Gong's search, with Lowe's memory. An operation that ends
/// must have its place by then, alone or after other open operations. As soon as an end is explained, the search goes on to the next end,
/// and comes back if that fails. At one end it places few operations ahead before it places many, because an operation that is placed too
/// early is missing later.
/// </summary>
internal sealed class LinearizationSearch<TState, TInput, TOutput>(
    Timeline<TInput, TOutput> timeline, SequentialModel<TState, TInput, TOutput> model, int placesMax)
{
    private readonly bool[] _isRead = [.. timeline.Operations.Select(operation => model.IsReadOnly(operation.Input))];
    private readonly HashSet<Place<TState>> _places = [];
    private readonly Stack<Level> _levels = new();

    // The operations that are placed ahead of their ends at the place that is being reached.
    private readonly List<int> _ahead = [];

    /// <returns>Null: there is an order.</returns>
    public HistoryFault<TInput, TOutput>? Run(string partition)
    {
        var place = Reach(null, -1, model.Initial);
        var best = place!; // Justification: no place was visited before.
        while (place is null || place.Explained < timeline.Ends.Length)
        {
            if (_places.Count >= placesMax)
            {
                return new HistoryFault<TInput, TOutput>(partition, _places.Count);
            }

            if (place is not null)
            {
                _levels.Push(new Level(place));
            }
            else if (_levels.Count == 0)
            {
                return Counterexample(partition, best);
            }

            var level = _levels.Peek();
            place = TryNext(level);
            if (place is null && level.IsOver)
            {
                best = level.First.Explained > best.Explained ? level.First : best;
                _levels.Pop();
            }
        }

        return null;
    }

    /// <returns>A new place at a later end, or null if this step finds none.</returns>
    private Place<TState>? TryNext(Level level)
    {
        var (current, end) = (level.Current, level.Current.Explained);
        var operation = timeline.Open(end, level.Tried++);
        if (operation < 0)
        {
            level.GoOn();
            return null;
        }

        var place = TryPlace(current, operation);
        if (place is null || place.Explained > end)
        {
            return place;
        }

        // Still at this end: try the ending operation first.
        level.Waiting.Enqueue(place);
        return TryPlace(place, timeline.Ends[end]);
    }

    /// <returns>The new place. Null if the operation does not fit there, or leads to a visited place.</returns>
    private Place<TState>? TryPlace(Place<TState> place, int operation)
    {
        var predecessor = timeline.Predecessors[operation];
        return !place.Ahead.Contains(operation)
            && (predecessor < 0 || place.Ahead.Contains(predecessor))
            && TryStep(place.State, operation, out var next)
            ? Reach(place, operation, next)
            : null;
    }

    private bool TryStep(TState state, int index, out TState next)
    {
        var operation = timeline.Operations[index];
        return model.TryStep(state, operation.Input, operation, out next!)
            // An unknown operation without an effect explains nothing here, and may be needed later.
            && !(operation.IsOptional && EqualityComparer<TState>.Default.Equals(state, next));
    }

    private Place<TState>? Reach(Place<TState>? from, int operation, TState state)
    {
        _ahead.Clear();
        if (from is not null)
        {
            _ahead.AddRange([.. from.Ahead, operation]);
        }

        var explained = PlaceReads(from?.Explained ?? 0, state, order: null);
        _ahead.Sort();
        Place<TState> place = new(explained, [.. _ahead], state, from, operation);
        return _places.Add(place) ? place : null;
    }

    /// <summary>
    /// Explains the ends that need no choice. A fitting read gets its place at once, because it changes no state and so excludes no
    /// other order.
    /// </summary>
    private int PlaceReads(int explained, TState state, List<Operation<TInput, TOutput>>? order)
    {
        explained = SkipPlaced(explained);
        for (var n = 0; n < timeline.OpenKnown(explained); n++)
        {
            var operation = timeline.Open(explained, n);
            if (!_isRead[operation] || _ahead.Contains(operation) || !TryStep(state, operation, out _))
            {
                continue;
            }

            _ahead.Add(operation);
            order?.Add(timeline.Operations[operation]);
            if (n == 0)
            {
                explained = SkipPlaced(explained);
                n = -1;
            }
        }

        return explained;
    }

    private int SkipPlaced(int explained)
    {
        while (explained < timeline.Ends.Length && _ahead.Remove(timeline.Ends[explained]))
        {
            explained++;
        }

        return explained;
    }

    private HistoryFault<TInput, TOutput> Counterexample(string partition, Place<TState> best)
    {
        var path = new Stack<Place<TState>>();
        for (var place = best; place is not null; place = place.From)
        {
            path.Push(place);
        }

        // Repeats the path, because the places record the steps only, not the reads that were placed on the way.
        var (order, explained) = (new List<Operation<TInput, TOutput>>(), 0);
        _ahead.Clear();
        foreach (var place in path)
        {
            if (place.Operation is var operation and >= 0)
            {
                _ahead.Add(operation);
                order.Add(timeline.Operations[operation]);
            }

            explained = PlaceReads(explained, place.State, order);
        }

        var open = new List<Operation<TInput, TOutput>>();
        for (var n = 1; timeline.Open(explained, n) is var operation and >= 0; n++)
        {
            if (!_ahead.Contains(operation))
            {
                open.Add(timeline.Operations[operation]);
            }
        }

        return new(partition, _places.Count)
        {
            Impossible = timeline.Operations[timeline.Ends[explained]],
            Order = order,
            State = best.State?.ToString() ?? "null",
            Open = open,
        };
    }

    /// <summary>The places at one end with one order of everything before it, as a queue.</summary>
    private sealed class Level(Place<TState> first)
    {
        public Place<TState> First { get; } = first;

        public Place<TState> Current { get; private set; } = first;

        public Queue<Place<TState>> Waiting { get; } = [];

        /// <summary>The number of open operations that were tried from the current place.</summary>
        public int Tried { get; set; }

        public bool IsOver { get; private set; }

        public void GoOn()
        {
            (Current, Tried) = (Waiting.TryDequeue(out var next) ? next : Current, 1);
            IsOver = next is null;
        }
    }
}

/// <summary>
/// A visited place of a search. The way to it does not matter for the rest of the search (Lowe), so it does not distinguish places.
/// Invariant: no verdict depends on a hash, because hashes of strings differ from run to run.
/// </summary>
/// <param name="Explained">The number of ends, from the first on, whose operations are placed.</param>
/// <param name="Ahead">The open operations that are placed ahead of their ends, sorted.</param>
/// <param name="State">The state after the placed operations.</param>
/// <param name="From">The preceding place, or null.</param>
/// <param name="Operation">The operation that led here from there.</param>
internal sealed record Place<TState>(int Explained, int[] Ahead, TState State, Place<TState>? From, int Operation)
{
    public bool Equals(Place<TState>? other) =>
        other is not null && Explained == other.Explained && Ahead.SequenceEqual(other.Ahead)
        && EqualityComparer<TState>.Default.Equals(State, other.State);

    public override int GetHashCode()
    {
        HashCode hash = new();
        hash.AddBytes(MemoryMarshal.AsBytes<int>(Ahead));
        return HashCode.Combine(Explained, State, hash.ToHashCode());
    }
}
