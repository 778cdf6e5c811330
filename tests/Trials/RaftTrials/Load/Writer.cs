using RaftActors.Cli.Client;

namespace RaftTrials.Load;

/// <summary>
/// Appends one message after the other, and writes a line about each. Of the messages with an unknown outcome it retries every second one,
/// with the same request id. The check must hold for both kinds.
/// </summary>
/// <param name="ask">Appends a text with a request id, once.</param>
internal sealed class Writer(string name, Func<string, string, Task<RequestOutcome>> ask)
{
    private const int Retries = 3;

    /// <summary>Keeps the log small enough to read. It is also the resolution of measured gaps.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    private static readonly TimeSpan PauseAfterRefusal = TimeSpan.FromMilliseconds(50);

    public async Task Run(CancellationToken stop)
    {
        for (var number = 1; !stop.IsCancellationRequested; number++)
        {
            var end = await Ask($"{name}-{number}", number % 2 == 0 ? Retries : 0);
            await Poll.Wait(end == WriteEnd.NotCommitted ? PauseAfterRefusal : Pause, stop);
        }
    }

    public async Task<WriteEnd> Ask(string text, int retries)
    {
        var call = new WriteCall(name, LoadCommand.Key, text, null, Stopwatch.GetTimestamp());
        var outcome = await ask(text, LoadCommand.IdOf(text));
        for (var i = 0; i < retries && outcome is RequestOutcome.Unknown; i++)
        {
            // A retry that was not committed says nothing about the first attempt.
            outcome = await ask(text, LoadCommand.IdOf(text)) is RequestOutcome.Committed committed ? committed : outcome;
        }

        call.Ended = Stopwatch.GetTimestamp();
        (call.End, call.Serial) = outcome switch
        {
            RequestOutcome.Committed committed => (WriteEnd.Committed, committed.Serial),
            RequestOutcome.NotDone => (WriteEnd.NotCommitted, 0),
            RequestOutcome.Unknown => (WriteEnd.Unknown, 0),
            _ => throw new UnreachableException($"{outcome} is no answer to an append."),
        };
        Console.Out.WriteLine(call.ToLine());
        return call.End;
    }
}
