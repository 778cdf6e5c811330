using Akka.Actor;

using RaftActors.Core;

namespace RaftActors.Engine;

/// <summary>
/// Gives Core its inputs, one at a time, and has its effects carried out. An effect may cause a further input: a write may be durable at
/// once. Invariant: that input waits until the present effects are carried out.
/// </summary>
internal sealed class EngineSteps(EngineContext context, RaftCore core, IScheduler clock)
{
    private readonly Queue<Input> _inputs = [];
    private EngineEffects _effects = null!; // Justification: Begin sets it before the first step.
    private bool _isStepping;

    /// <summary>Sets the part that carries out effects. Call it once, before the first step.</summary>
    public void Begin(EngineEffects effects) => _effects = effects;

    public void Step(Input input)
    {
        _inputs.Enqueue(input);
        if (_isStepping)
        {
            return;
        }

        _isStepping = true;
        while (_inputs.TryDequeue(out var next))
        {
            // Invariant: the clock is read after the input was taken. A lease that holds at this time held after the query was asked.
            var now = new Instant(clock.HighResMonotonicClock.Ticks / TimeSpan.TicksPerMicrosecond);
            _effects.Prepare(next);
            var effects = core.Step(next, now);
            context.LogSerial = core.LastPosition.Serial;
            _effects.CarryOut(effects);
            context.Process.Pairs.EvictTo(core.Floor.Serial); // They leave the memory together with Core's entries.
            context.Process.Store.NoteCommitted(core.CommittedInStore);
        }

        _isStepping = false;
    }
}
