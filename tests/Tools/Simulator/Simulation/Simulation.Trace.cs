using RaftActors.Core;

namespace RaftActors.Simulator;

/// <content>The trace: always as a hash, and as text on demand.</content>
internal sealed partial class Simulation
{
    private void Note(SimulatedProcess process, string what)
    {
        Mix((ulong)what.Length);
        Mix((ulong)process.Number);
        _trace?.WriteLine($"{_now / 1000.0,9:F3} {process.Member} {what}");
    }

    private void Note(SimulatedProcess process, Input input)
    {
        if (_trace is not null && input is not Input.Tick)
        {
            var text = input is Input.Receive(var envelope) ? $"<- {envelope.From} {Describe.Of(envelope)}" : $"{input}";
            _trace.WriteLine($"{_now / 1000.0,9:F3} {process.Member}   {text}");
        }
    }

    private void Note(SimulatedProcess process, Effect effect)
    {
        Mix((ulong)_now);
        Mix((ulong)process.Number);
        switch (effect)
        {
            case Effect.Send(var envelope):
                Mix((ulong)envelope.Term.Value);
                Mix((ulong)_numbers.GetValueOrDefault(envelope.To.Name, -1));
                Mix(envelope.Body is Message.AppendEntries request
                    ? (ulong)request.Previous.Index.Value
                    : (ulong)envelope.Body.GetType().Name.Length);
                break;
            case Effect.Persist persist:
                Mix((ulong)persist.Ticket.Value);
                Mix((ulong)persist.Entries.Length);
                break;
            case Effect.Commit(var entries):
                Mix((ulong)entries[0].Index.Value);
                break;
            default:
                Mix((ulong)effect.GetType().Name.Length);
                break;
        }

        _trace?.WriteLine($"{_now / 1000.0,9:F3} {process.Member}     {Describe.Of(effect)}");
    }

    private void Mix(ulong word) => TraceHash = ((TraceHash ^ word) * 0x9E3779B97F4A7C15) ^ (TraceHash >> 31);
}
