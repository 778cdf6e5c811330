using System.Diagnostics;

namespace RaftActors.Simulator.Exhaustive;

/// <summary>Explores the states of a scope breadth first. So the first violation has the shortest schedule.</summary>
internal sealed class Explorer
{
    private readonly Model _model;
    private readonly Properties _properties;
    private readonly ExplorerBounds _bounds;
    private readonly FingerprintSet _known = new();
    private readonly List<(int Parent, int Event)> _paths = [(-1, 0)];
    private readonly List<GroupEvent> _events = [];
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private List<GlobalState> _next = [];

    public Explorer(Scope scope, ExplorerBounds bounds)
    {
        (_model, _bounds) = (Model.Of(scope), bounds);
        _properties = new Properties(_model.Locals);
    }

    /// <summary>The states found. Those that differ by a renaming count once.</summary>
    public int States => _paths.Count;

    /// <summary>The states found, with all that differ by a renaming.</summary>
    public long StatesWithRenamed { get; private set; }

    /// <summary>The events tried.</summary>
    public long Steps { get; private set; }

    /// <summary>The different states of single processes.</summary>
    public int LocalStates => _model.Locals.Count;

    /// <summary>The steps that Core computed.</summary>
    public int LocalSteps => _model.Locals.Steps;

    /// <summary>The different messages.</summary>
    public int Messages => _model.Messages.Count;

    /// <summary>The states of single processes.</summary>
    public LocalStates Locals => _model.Locals;

    public TimeSpan Elapsed => _clock.Elapsed;

    /// <summary>All schedules of at most this length were explored.</summary>
    public int Depth { get; private set; }

    /// <summary>Whether all states of the scope were explored.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>Explores until a property does not hold, a bound is reached, or no new state is found.</summary>
    /// <returns>The violation with its schedule; null if all held.</returns>
    public (Violation Violation, List<string> Schedule)? Run()
    {
        Note(_model.Initial);
        _properties.CheckState(_model.Initial);
        List<GlobalState> states = [_model.Initial];
        while (states.Count > 0 && Depth < _bounds.Depth)
        {
            foreach (var state in states)
            {
                if (States >= _bounds.States || Elapsed > _bounds.Time)
                {
                    return null;
                }

                if (Expand(state) is { } found)
                {
                    return found;
                }
            }

            (states, _next) = (_next, []);
            Depth++;
        }

        IsWhole = states.Count == 0;
        return null;
    }

    private (Violation, List<string>)? Expand(GlobalState state)
    {
        Events.Of(_model, state, _events);
        foreach (var one in _events)
        {
            Steps++;
            var step = _model.Locals.Step(state[one.Process], one.Input);
            try
            {
                if (step.Violation is { } violation)
                {
                    throw violation;
                }

                Follow(state, one, step);
            }
            catch (Violation found)
            {
                return (found, ScheduleTo(state.Number, one));
            }
        }

        return null;
    }

    private void Follow(GlobalState state, GroupEvent one, LocalStep step)
    {
        var used = Events.Use(state.Used, one.Input, _properties.Committed(state));
        var network = state.NetworkWith(step.Sent);
        if (step.Next == state[one.Process] && network == state.Network && used == state.Used && step.Answered is null)
        {
            return;
        }

        var next = new GlobalState(States, state.With(one.Process, step.Next), used, network);
        _properties.CheckStep(state, next, one.Process, step);
        if (Note(next))
        {
            _paths.Add((state.Number, one.Packed));
            _properties.CheckState(next);
            _next.Add(next);
        }
    }

    /// <summary>Notes a state. False: it, or one that differs by a renaming, was known.</summary>
    private bool Note(GlobalState state)
    {
        Span<ulong> names = stackalloc ulong[_model.Digests.Renamings.Length];
        for (var i = 0; i < names.Length; i++)
        {
            names[i] = _model.NameOf(state, i);
        }

        names.Sort();
        if (!_known.Add(names[0]))
        {
            return false;
        }

        for (var i = 0; i < names.Length; i++)
        {
            StatesWithRenamed += i == 0 || names[i] != names[i - 1] ? 1 : 0;
        }

        return true;
    }

    private List<string> ScheduleTo(int state, GroupEvent last)
    {
        List<string> lines = [ScheduleText.Of(_model, last)];
        for (; _paths[state].Parent >= 0; state = _paths[state].Parent)
        {
            lines.Add(ScheduleText.Of(_model, GroupEvent.Unpack(_paths[state].Event)));
        }

        lines.Reverse();
        return lines;
    }
}

/// <summary>When an exploration ends early.</summary>
/// <param name="Depth">The longest schedule.</param>
/// <param name="States">The most states.</param>
/// <param name="Time">The longest time.</param>
internal sealed record ExplorerBounds(int Depth, int States, TimeSpan Time);
