using RaftActors.Core;

namespace RaftActors.Simulator.Coordination;

/// <summary>Virtual time and the events in it. One thread runs all of them, in the order of their times.</summary>
internal sealed class World(ulong seed, TextWriter? trace)
{
    private readonly PriorityQueue<Action, (TimeSpan At, long Order)> _due = new();
    private long _order;
    private int _clients;
    private Exception? _failure;

    public Prng Random { get; } = new(seed);

    /// <summary>The true time, which no clock of the simulation shows.</summary>
    public TimeSpan Now { get; private set; }

    /// <summary>Faults may happen. Once false, it stays false.</summary>
    public bool HasFaults { get; set; } = true;

    /// <summary>Equal runs have equal hashes.</summary>
    public ulong Hash { get; private set; } = seed;

    public void After(TimeSpan delay, Action action) => _due.Enqueue(action, (Now + delay, _order++));

    /// <summary>Runs the next event.</summary>
    public void Step()
    {
        _due.TryDequeue(out var action, out var due); // Justification: the ticks of the processes never end.
        Now = due.At;
        Hash = unchecked((Hash * 31) + (ulong)Now.Ticks);
        action!();
        if (_failure is not null)
        {
            throw _failure;
        }
    }

    /// <summary>A time between two numbers of milliseconds.</summary>
    public TimeSpan Between(int least, int most) => TimeSpan.FromMicroseconds(Random.Between(1000 * least, 1000 * most));

    /// <summary>The origin of another client.</summary>
    public Guid NewClient() => new(++_clients, 0, 0, new byte[8]);

    /// <summary>Ends the run after this event. An exception inside of a task would be lost.</summary>
    public void Fail(Exception failure) => _failure ??= failure;

    /// <param name="what">The observation, which is formatted only if the property does not hold.</param>
    public void Require(bool holds, string checker, FormattableString what)
    {
        if (!holds)
        {
            Fail(new Violation(checker, $"{what}"));
        }
    }

    public void Trace(FormattableString what) => trace?.WriteLine($"{Now.TotalSeconds,9:F4} {what}");
}
