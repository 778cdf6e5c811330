using Akka.Actor;

using RaftActors.Core;

namespace RaftActors.Testing.Simulation;

/// <summary>
/// All that happens in a simulation, one turn after the other on one thread: turns of mailboxes, timers, messages between nodes and writes
/// to disks. The seed chooses which of the turns that are ready is next, and how long everything takes.
/// </summary>
/// <param name="expected">The trace of an earlier run, or null in the first run. The world stops at the first turn that differs.</param>
internal class World(long seed, Trace? expected = null)
{
    // An escape is a turn from another thread. Its order would depend on the machine.
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private readonly Lock _lock = new();
    private readonly List<Turn> _ready = [];
    private readonly PriorityQueue<Turn, (long At, long Number)> _timers = new();
    private long _timerCount;
    private string? _escape;
    private SimulatedNetwork? _network;

    /// <summary>Chooses everything besides the faults, which are planned ahead.</summary>
    public Prng Prng { get; } = new((ulong)seed);

    public TimeSpan Now { get; private set; }

    public Trace Trace { get; } = new(expected);

    public SimulatedNetwork Network => _network ??= new SimulatedNetwork(this);

    /// <summary>The node whose turn it is, or null.</summary>
    public NodeLife? Running { get; protected set; }

    /// <summary>Code of the simulation runs. Otherwise it is code of an actor system that ends, on the thread pool.</summary>
    public virtual bool IsOnThread => Environment.CurrentManagedThreadId == _thread;

    /// <summary>Called before time goes on.</summary>
    public Action OnQuiet { get; set; } = () => { };

    /// <summary>Adds a turn of a node. It is dropped if the node crashes first, and held while the node is paused.</summary>
    /// <param name="origin">What awaits the turn, to name the code that has left the simulation; null: the stack shows it.</param>
    public void Post(NodeLife? life, Action run, object? origin = null)
    {
        if (!IsOnThread)
        {
            lock (_lock)
            {
                _escape ??= $"{origin}\n{Environment.StackTrace}";
            }
        }

        Post(new Turn(life, run));
    }

    public void Post(Turn turn)
    {
        lock (_lock)
        {
            _ready.Add(turn);
        }
    }

    /// <summary>Adds a turn of a node after a delay.</summary>
    /// <param name="cancelable">Drops it if it is cancelled by then. Null if it cannot be cancelled.</param>
    public void After(TimeSpan delay, NodeLife? life, Action run, ICancelable? cancelable = null)
    {
        lock (_lock)
        {
            var at = Now + (delay > TimeSpan.Zero ? delay : TimeSpan.Zero);
            _timers.Enqueue(new Turn(life, run, cancelable), (at.Ticks, _timerCount++));
        }
    }

    /// <summary>A time between two others, both included.</summary>
    public TimeSpan Between(TimeSpan least, TimeSpan most) =>
        least + TimeSpan.FromTicks((long)(Prng.Next() % (ulong)((most - least).Ticks + 1)));

    public bool Chance(int percent) => Prng.Between(1, 100) <= percent;

    /// <summary>Runs code of a node now, as one turn.</summary>
    public void RunAs(NodeLife? life, Action run)
    {
        var before = Running;
        Running = life;
        try
        {
            run();
        }
        finally
        {
            Running = before;
        }
    }

    /// <summary>Runs turns until a time, or until a condition holds.</summary>
    /// <returns>Whether the condition holds.</returns>
    /// <exception cref="SimulationException">Code of the simulation ran on another thread.</exception>
    public virtual bool RunUntil(TimeSpan end, Func<bool>? until = null)
    {
        bool? holds;
        do
        {
            holds = Step(end, until);
        }
        while (holds is null);

        return holds.Value;
    }

    /// <summary>Runs the next turn, or lets time go on to it.</summary>
    /// <returns>Whether the condition holds, or null if the end is not reached.</returns>
    protected bool? Step(TimeSpan end, Func<bool>? until)
    {
        if (TryTakeReady() is { } turn)
        {
            Run(turn);
            return null;
        }

        OnQuiet();
        if (until?.Invoke() == true)
        {
            return true;
        }

        if (!_timers.TryPeek(out _, out var next) || next.At > end.Ticks)
        {
            Now = end;
            return false;
        }

        Now = TimeSpan.FromTicks(next.At);
        var due = _timers.Dequeue();
        if (due.Cancelable is not { IsCancellationRequested: true })
        {
            Run(due);
        }

        return null;
    }

    protected virtual void RunNow(Turn turn) => RunAs(turn.Life, turn.Run);

    private Turn? TryTakeReady()
    {
        lock (_lock)
        {
            if (_escape is not null)
            {
                throw new SimulationException(
                    "escape", $"Code left the simulation for another thread, so its order is left to chance: {_escape}");
            }

            if (_ready.Count == 0)
            {
                return null;
            }

            var chosen = Prng.Between(0, _ready.Count - 1);
            var turn = _ready[chosen];
            _ready[chosen] = _ready[^1];
            _ready.RemoveAt(_ready.Count - 1);
            return turn;
        }
    }

    private void Run(Turn turn)
    {
        if (turn.Life is { IsOver: true })
        {
            return;
        }

        if (turn.Life?.Node is { IsPaused: true } paused)
        {
            paused.Hold(turn);
            return;
        }

        Trace.Mix(Now.Ticks, turn.Life?.Node.Number ?? -1);
        RunNow(turn);
        if (Trace.Differs)
        {
            throw new SimulationException(
                "repeat",
                FormattableString.Invariant($"at {Now.TotalSeconds:0.0000} s a turn of {turn.Life?.Node.Name ?? "the network"} differs"));
        }
    }
}
