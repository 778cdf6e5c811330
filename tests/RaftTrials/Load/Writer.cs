using System.Diagnostics;

using RaftActors.Cli.Client;

using RaftTrials.Check;

namespace RaftTrials.Load;

/// <summary>
/// Appends one message after the other. Of the messages with an unknown outcome it retries every second one, with the same request id. The
/// check must hold for both kinds.
/// </summary>
/// <param name="ask">Appends a text with a request id, once.</param>
internal sealed class Writer(string name, Func<string, string, Task<RequestOutcome>> ask, Action<Attempt> told)
{
    private const int Retries = 3;

    /// <summary>Keeps the log small enough to read. It is also the resolution of measured gaps.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    private static readonly TimeSpan PauseAfterRefusal = TimeSpan.FromMilliseconds(50);

    public async Task Run(CancellationToken stop)
    {
        for (var number = 1; !stop.IsCancellationRequested; number++)
        {
            var text = $"{name}-{number}";
            var attempt = await Ask(text, $"id.{text}", number % 2 == 0 ? Retries : 0);
            await Task.Delay(attempt.Outcome == Outcome.NotCommitted ? PauseAfterRefusal : Pause, stop)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public async Task<Attempt> Ask(string text, string id, int retries)
    {
        var started = Stopwatch.GetTimestamp();
        var outcome = await ask(text, id);
        for (var i = 0; i < retries && outcome is RequestOutcome.Unknown; i++)
        {
            // A retry that was not committed says nothing about the first attempt.
            outcome = await ask(text, id) is RequestOutcome.Committed committed ? committed : outcome;
        }

        var attempt = Of(outcome, new Attempt(name, text, id, Outcome.Unknown, 0, started, Stopwatch.GetTimestamp()));
        told(attempt);
        return attempt;
    }

    private static Attempt Of(RequestOutcome outcome, Attempt attempt) => outcome switch
    {
        RequestOutcome.Committed committed => attempt with { Outcome = Outcome.Committed, Serial = committed.Serial },
        RequestOutcome.NotDone => attempt with { Outcome = Outcome.NotCommitted },
        RequestOutcome.Unknown => attempt,
        _ => throw new UnreachableException($"{outcome} is no answer to an append."),
    };
}
