using RaftActors.Core;

namespace RaftActors.Simulator;

/// <content>
/// Threads that get a tenth of a processor: those that read the connections of a process, run its Core, and write to its disk. Events
/// that reach a thread in a pause wait.
/// </content>
internal sealed partial class Simulation
{
    private long _starvesFrom = long.MaxValue;
    private Slices[] _ofReaders = [];
    private Slices[] _ofCores = [];
    private Slices[] _ofDisks = [];
    private Term _ledIn;
    private Term _latestTerm;

    /// <summary>The time at which a starved group had a leader first, or null.</summary>
    public long? LedAt { get; private set; }

    /// <summary>The terms since then, until the end of the starvation.</summary>
    public long TermsSinceLed => _latestTerm.Value - _ledIn.Value;

    private bool IsStarving => _now >= _starvesFrom && !_isHealed;

    /// <summary>Kills all processes at a time, and starves them from then on. Called before <see cref="Run"/>.</summary>
    /// <param name="longest">The longest pause of a thread, in microseconds; 0: no thread pauses.</param>
    /// <param name="interval">The time between two probes, and the longest time until a process starts again.</param>
    public void Starve(long begin, long longest, long interval, Prng prng)
    {
        _starvesFrom = begin;
        Slices[] Draw() => longest == 0 ? [] : [.. _processes.Select(_ => new Slices(new Prng(prng.Next()), begin, longest))];
        (_ofReaders, _ofCores, _ofDisks) = (Draw(), Draw(), Draw());
        After(begin, () =>
        {
            CrashAll(prng, interval);
            _processes.FindAll(_ => longest > 0).ForEach(Starve);
            SendProbe(interval);
        });
    }

    private void Starve(SimulatedProcess process)
    {
        if (!_isHealed)
        {
            var slices = _ofCores[process.Number];
            slices.Next();
            Pause(process, slices.Resumes - _now);
            After(slices.Pauses - _now, () => Starve(process));
        }
    }

    /// <summary>The time at which a thread of these takes what reaches it at a time.</summary>
    private long TakenAt(Slices[] threads, SimulatedProcess process, long at) =>
        threads.Length > 0 && at >= _starvesFrom && !_isHealed ? threads[process.Number].RunsAt(at) : at;

    /// <summary>Whether the pause that ends now is as short as the usual lateness of a machine, so the shell counts all of it.</summary>
    private bool IsShortPause(SimulatedProcess process, long late) => IsStarving && late <= process.Settings.LongestLateness;

    /// <summary>The ticks by which a process that rested until its next tick is late.</summary>
    private long Lateness(SimulatedProcess process)
    {
        var rest = IsStarving ? Math.Min(process.Core!.TicksUntilDue, process.Settings.LongestRest) : 1;
        return Math.Max(0, ((_now - process.TickedAt) / process.TickInterval) - rest);
    }

    private void NoteTerm(RaftCore core)
    {
        if (!IsStarving)
        {
            return;
        }

        _latestTerm = core.Term > _latestTerm ? core.Term : _latestTerm;
        if (LedAt is null && core.Role == RaftRole.Leader)
        {
            (LedAt, _ledIn) = (_now, _latestTerm);
        }
    }
}

/// <summary>The times of one thread: pauses of random length, and after each a ninth of it in which the thread runs.</summary>
/// <param name="begin">The time of the first pause, in microseconds.</param>
/// <param name="longest">The longest pause.</param>
internal sealed class Slices(Prng prng, long begin, long longest)
{
    private const int Share = 9;

    public long Resumes { get; private set; }

    public long Pauses { get; private set; } = begin;

    /// <summary>Goes on to the next slice.</summary>
    public void Next()
    {
        var pause = prng.Between(1, (int)longest);
        Resumes = Pauses + pause;
        Pauses = Resumes + Math.Max(1, pause / Share);
    }

    /// <summary>Returns a time, or the end of the pause at that time. Called with later and later times.</summary>
    public long RunsAt(long at)
    {
        while (at >= Pauses)
        {
            Next();
        }

        return Math.Max(at, Resumes);
    }
}
