using RaftActors.Core;

namespace RaftActors.Simulator;

/// <summary>
/// A process as the shell of its node knows it while it is quiescent, or has just woken: whom it depends on, and the beats of their nodes.
/// </summary>
internal sealed class QuietWatch(Effect.Quiesced quiesced)
{
    /// <summary>Beats that differ from the expected ones before the process is woken.</summary>
    public const int DifferencesMax = 3;

    private readonly Dictionary<ProcessName, (int Silence, int Differences)> _watched =
        quiesced.Watched.ToDictionary(member => member.Name, _ => (0, 0));

    private int _ticks;

    public Member Leader => quiesced.Leader;

    public Term Term => quiesced.Term;

    public IEnumerable<ProcessName> Names => [.. quiesced.Watched.Select(member => member.Name)];

    public bool Watches(ProcessName name) => _watched.ContainsKey(name);

    /// <summary>A tick passes. Returns whether beats are due.</summary>
    public bool Tick(int heartbeatTicks) => ++_ticks % heartbeatTicks == 0;

    /// <summary>Nothing came from the node. Returns the ticks of its silence.</summary>
    public int Miss(ProcessName name)
    {
        _watched[name] = _watched[name] with { Silence = _watched[name].Silence + 1 };
        return _watched[name].Silence;
    }

    /// <summary>A beat came from the node. Returns how many in sequence differed.</summary>
    public int Hear(ProcessName name, bool isSame)
    {
        _watched[name] = (0, isSame ? 0 : _watched[name].Differences + 1);
        return _watched[name].Differences;
    }
}
