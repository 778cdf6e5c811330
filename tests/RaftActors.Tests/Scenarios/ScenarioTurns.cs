namespace RaftActors.Tests.Scenarios;

/// <summary>
/// All that happens in a scenario, one turn after the other on the thread of the test, in the order asked for. Only <see cref="Advance"/>
/// moves the clock. A paused place keeps its turns until it goes on.
/// </summary>
internal sealed class ScenarioTurns
{
    // A scenario that never comes to rest fails instead of hanging.
    private const int TurnsMax = 1_000_000;

    private readonly Lock _lock = new();
    private readonly Queue<Action> _ready = [];
    private readonly PriorityQueue<(Action Run, ICancelable? Cancelable), (TimeSpan At, long Number)> _timers = new();
    private readonly Dictionary<string, Queue<Action>> _paused = [];
    private long _count;

    /// <summary>The clock. It does not begin at zero, which is no time for Core.</summary>
    public TimeSpan Now { get; private set; } = TimeSpan.FromSeconds(1);

    /// <summary>Adds a turn of a place, such as an actor.</summary>
    public void Post(string place, Action run)
    {
        lock (_lock)
        {
            (_paused.GetValueOrDefault(place) ?? _ready).Enqueue(run);
        }
    }

    /// <summary>Adds a turn after a delay. It is dropped if it is cancelled by then.</summary>
    public void After(TimeSpan delay, Action run, ICancelable? cancelable = null)
    {
        lock (_lock)
        {
            _timers.Enqueue((run, cancelable), (Now + (delay > TimeSpan.Zero ? delay : TimeSpan.Zero), _count++));
        }
    }

    /// <summary>From now on the turns of this place wait.</summary>
    public void Pause(string place) => _paused.TryAdd(place, []);

    /// <summary>Runs the first turn of a paused place.</summary>
    public void Step(string place) => _ready.Enqueue(_paused[place].Dequeue());

    public void GoOn(string place)
    {
        if (_paused.Remove(place, out var waiting))
        {
            foreach (var run in waiting)
            {
                _ready.Enqueue(run);
            }
        }
    }

    /// <summary>Runs turns until none is ready.</summary>
    public void Run()
    {
        for (var turns = 0; TryTake() is { } run; turns++)
        {
            if (turns == TurnsMax)
            {
                throw new InvalidOperationException($"The scenario does not come to rest within {TurnsMax} turns.");
            }

            run();
        }
    }

    /// <summary>A turn takes so long. The timers that become due wait for its end.</summary>
    public void Pass(TimeSpan time) => Now += time;

    /// <summary>Moves the clock, and runs the timers that become due, in order, each with all that follows from it.</summary>
    public void Advance(TimeSpan by)
    {
        Run();
        var end = Now + by;
        while (_timers.TryPeek(out var timer, out var due) && due.At <= end)
        {
            _timers.Dequeue();
            Now = due.At > Now ? due.At : Now;
            if (timer.Cancelable is not { IsCancellationRequested: true })
            {
                timer.Run();
                Run();
            }
        }

        Now = end;
    }

    private Action? TryTake()
    {
        lock (_lock)
        {
            return _ready.TryDequeue(out var run) ? run : null;
        }
    }
}
