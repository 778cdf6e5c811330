using System.Diagnostics;

using RaftActors.Cli.Client;
using RaftActors.Cli.Protocol;

using RaftTrials.Check;

namespace RaftTrials.Load;

/// <summary>
/// Asks for one message after the other to be appended. Every second one whose outcome is unknown is asked for again, under the same
/// request id; the others are left as they are: both must be right.
/// </summary>
/// <param name="ask">Asks for a text under a request id, once.</param>
internal sealed class Writer(string name, Func<string, string, Task<Ending>> ask, Action<Attempt> told)
{
    private const int Retries = 3;

    /// <summary>So that a log stays of a size that people can look at. The gaps that are measured are of this fineness.</summary>
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
        var ending = await ask(text, id);
        for (var i = 0; i < retries && ending is Ending.Unknown; i++)
        {
            // That a later try was not committed says nothing of the first.
            ending = await ask(text, id) is Ending.Answered answered ? answered : ending;
        }

        var attempt = Of(ending, new Attempt(name, text, id, Outcome.Unknown, 0, "", started, Stopwatch.GetTimestamp()));
        told(attempt);
        return attempt;
    }

    private static Attempt Of(Ending ending, Attempt attempt) => ending switch
    {
        Ending.Answered { By: var server, Reply: Reply.Committed committed } =>
            attempt with { Outcome = Outcome.Committed, Serial = committed.Serial, Server = $"{server}" },
        Ending.NotDone => attempt with { Outcome = Outcome.NotCommitted },
        Ending.Unknown => attempt,
        _ => throw new UnreachableException($"{ending} is no answer to an append."),
    };
}
