namespace RaftActors.Testing.History;

/// <summary>
/// Searches an order of one partition's operations, from end to end: Wing and Gong's search, with Lowe's memory. An operation that ends
/// must have its place by then, alone or after other open operations. As soon as an end is explained, the search goes on to the next end,
/// and comes back if that fails. At one end it places few operations ahead before it places many, because an operation that is placed too
/// early is missing later.
/// </summary>
internal sealed class LinearizationSearch<TState, TInput, TOutput>
{
    private readonly Timeline<TInput, TOutput> _timeline;
    private readonly SequentialModel<TState, TInput, TOutput> _model;
    private readonly int _placesMax;
    private readonly Places<TState> _places;
    private readonly ulong[] _placed;
    private readonly bool[] _isRead;

    // For each place, the next one in the queue of its level.
    private readonly List<int> _nextInQueue = [];
    private readonly Stack<Level> _levels = new();
    private int _best;

    public LinearizationSearch(Timeline<TInput, TOutput> timeline, SequentialModel<TState, TInput, TOutput> model, int placesMax)
    {
        (_timeline, _model, _placesMax) = (timeline, model, placesMax);
        _places = new Places<TState>(timeline.Words);
        _placed = new ulong[timeline.Words];
        _isRead = new bool[timeline.Operations.Length];
        for (var i = 0; i < _isRead.Length; i++)
        {
            _isRead[i] = model.IsReadOnly(timeline.Operations[i].Input);
        }
    }

    /// <returns>Null: there is an order.</returns>
    public HistoryFault<TInput, TOutput>? Run(string partition)
    {
        var place = Reach(-1, -1, _model.Initial);
        while (place < 0 || _places[place].Explained < _timeline.Ends.Length)
        {
            if (_places.Count >= _placesMax)
            {
                return new HistoryFault<TInput, TOutput>(partition, _places.Count);
            }

            if (place >= 0)
            {
                _levels.Push(new Level(place));
            }
            else if (_levels.Count == 0)
            {
                return Counterexample(partition);
            }

            place = TryNext(_levels.Peek());
        }

        return null;
    }

    /// <returns>A new place at a later end, or -1 if this step finds none.</returns>
    private int TryNext(Level level)
    {
        var (current, end) = (level.Current, _places[level.Current].Explained);
        var operation = _timeline.Open(end, level.Tried++);
        if (operation < 0)
        {
            GoOn(level);
            return -1;
        }

        var place = TryPlace(current, operation);
        if (place < 0 || _places[place].Explained > end)
        {
            return place;
        }

        // Still at this end: try the ending operation first.
        _nextInQueue[level.Last] = place;
        level.Last = place;
        return TryPlace(place, _timeline.Ends[end]);
    }

    private void GoOn(Level level)
    {
        level.Current = _nextInQueue[level.Current];
        level.Tried = 1;
        if (level.Current < 0)
        {
            if (_places[level.First].Explained > _places[_best].Explained)
            {
                _best = level.First;
            }

            _levels.Pop();
        }
    }

    /// <returns>The new place. -1 if the operation does not fit there, or leads to a visited place.</returns>
    private int TryPlace(int place, int operation)
    {
        var placed = _places.PlacedAt(place);
        var predecessor = _timeline.Predecessors[operation];
        return !IsIn(placed, operation)
            && (predecessor < 0 || IsIn(placed, predecessor))
            && TryStep(_places[place].State, operation, out var next)
            ? Reach(place, operation, next)
            : -1;
    }

    private bool TryStep(TState state, int index, out TState next)
    {
        var operation = _timeline.Operations[index];
        return _model.TryStep(state, operation.Input, operation, out next!)
            // An unknown operation without an effect explains nothing here, and may be needed later.
            && !(operation.IsOptional && EqualityComparer<TState>.Default.Equals(state, next));
    }

    private int Reach(int from, int operation, TState state)
    {
        var explained = 0;
        if (from >= 0)
        {
            _places.PlacedAt(from).CopyTo(_placed);
            explained = _places[from].Explained;
            Put(operation);
        }

        explained = PlaceReads(explained, state, order: null);
        var place = _places.Add(explained, _placed, state, from, operation);
        if (place >= 0)
        {
            _nextInQueue.Add(-1);
        }

        return place;
    }

    /// <summary>
    /// Explains the ends that need no choice. A fitting read gets its place at once, because it changes no state and so excludes no
    /// other order.
    /// </summary>
    private int PlaceReads(int explained, TState state, List<Operation<TInput, TOutput>>? order)
    {
        explained = SkipPlaced(explained);
        for (var n = 0; n < _timeline.OpenKnown(explained); n++)
        {
            var operation = _timeline.Open(explained, n);
            if (!_isRead[operation] || IsIn(_placed, operation) || !TryStep(state, operation, out _))
            {
                continue;
            }

            Put(operation);
            order?.Add(_timeline.Operations[operation]);
            if (n == 0)
            {
                explained = SkipPlaced(explained);
                n = -1;
            }
        }

        return explained;
    }

    // An ended operation leaves the set, because another operation uses its slot.
    private int SkipPlaced(int explained)
    {
        for (; explained < _timeline.Ends.Length && IsIn(_placed, _timeline.Ends[explained]); explained++)
        {
            var slot = _timeline.Slots[_timeline.Ends[explained]];
            _placed[slot / 64] &= ~(1UL << slot);
        }

        return explained;
    }

    private void Put(int operation)
    {
        var slot = _timeline.Slots[operation];
        _placed[slot / 64] |= 1UL << slot;
    }

    private bool IsIn(ReadOnlySpan<ulong> placed, int operation)
    {
        var slot = _timeline.Slots[operation];
        return ((placed[slot / 64] >> slot) & 1) != 0;
    }

    private HistoryFault<TInput, TOutput> Counterexample(string partition)
    {
        var path = new Stack<int>();
        for (var place = _best; place >= 0; place = _places[place].From)
        {
            path.Push(place);
        }

        // Repeats the path, because the places record the steps only, not the reads that were placed on the way.
        var (order, explained) = (new List<Operation<TInput, TOutput>>(), 0);
        Array.Clear(_placed);
        foreach (var place in path)
        {
            if (_places[place].Operation is var operation and >= 0)
            {
                Put(operation);
                order.Add(_timeline.Operations[operation]);
            }

            explained = PlaceReads(explained, _places[place].State, order);
        }

        var open = new List<Operation<TInput, TOutput>>();
        for (var n = 1; _timeline.Open(explained, n) is var operation and >= 0; n++)
        {
            if (!IsIn(_placed, operation))
            {
                open.Add(_timeline.Operations[operation]);
            }
        }

        return new(partition, _places.Count)
        {
            Impossible = _timeline.Operations[_timeline.Ends[explained]],
            Order = order,
            State = _places[_best].State?.ToString() ?? "null",
            Open = open,
        };
    }

    /// <summary>The places at one end with one order of everything before it, as a queue.</summary>
    private sealed class Level(int first)
    {
        public int First { get; } = first;

        public int Current { get; set; } = first;

        public int Last { get; set; } = first;

        /// <summary>The number of open operations that were tried from the current place.</summary>
        public int Tried { get; set; }
    }
}
