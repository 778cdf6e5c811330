using RaftActors.Testing.History;
using RaftActors.Testing.Simulation;

namespace RaftActors.Simulator.Actors.Histories;

/// <summary>A program that calls a state machine, several calls at a time, and records each call in a history.</summary>
/// <param name="next">Chooses a call.</param>
/// <param name="call">Makes one attempt of a call.</param>
internal sealed class HistoryCaller<TInput, TOutput>(
    SimulatedClient client,
    OperationHistory<TInput, TOutput> history,
    Func<TInput> next,
    Func<TInput, Attempt, Task<Told<TOutput>>> call)
{
    private const int Calls = 60;
    private const int TriesMax = 8;

    private int _number;

    public async Task RunAsync()
    {
        List<Task> open = [];
        for (var count = 0; count < Calls; count++)
        {
            open.Add(CallAsync(next(), client.Next(3) == 0 ? 1 : TriesMax));
            if (client.Next(3) == 0)
            {
                await Task.WhenAll(open);
                open.Clear();
            }

            await client.Delay(TimeSpan.FromMilliseconds(client.Next(300)));
        }

        await Task.WhenAll(open);

        // Ends only if the group still works.
        await CallAsync(next(), int.MaxValue);
    }

    /// <param name="tries">More than one: with a request key, so that the call may be repeated.</param>
    private async Task CallAsync(TInput input, int tries)
    {
        var key = tries > 1 ? (RequestKey?)$"{client.Number}/{++_number}" : null;
        var operation = history.Invoke(client.Number, input);
        var mayBeDone = false;
        for (var tried = 0; tried < tries; tried++)
        {
            var told = await call(input, new Attempt(TimeSpan.FromMilliseconds(50 + client.Next(1500)), key));
            if (told.Ending == Ending.Done)
            {
                history.Ok(operation, told.Output!); // Justification: a call that is done has an output.
                return;
            }

            mayBeDone |= told.Ending == Ending.Unknown;
            if (told.Ending == Ending.Refused)
            {
                break;
            }

            await client.Delay(TimeSpan.FromMilliseconds(client.Next(50)));
        }

        if (mayBeDone)
        {
            history.Unknown(operation);
        }
        else
        {
            history.Fail(operation);
        }
    }
}

/// <summary>One attempt of a call.</summary>
/// <param name="Key">Null: the call is not repeated.</param>
internal readonly record struct Attempt(TimeSpan Timeout, RequestKey? Key);

/// <summary>The end of one attempt.</summary>
internal readonly record struct Told<TOutput>(Ending Ending, TOutput? Output = default)
{
    /// <summary>The end of an attempt of a read, or of an Append.</summary>
    /// <param name="toOutput">Makes the output from the result.</param>
    public static Told<TOutput> Of<TResult>(Outcome<TResult> outcome, Func<Outcome<TResult>, TOutput> toOutput) => outcome switch
    {
        { Failure: null } done => new(Ending.Done, toOutput(done)),
        { Failure: { Kind: FailureKind.NotDone, Reason: FailureReason.Discarded } } => new(Ending.Refused),
        { Failure.Kind: FailureKind.NotDone } => new(Ending.NotDone),
        _ => new(Ending.Unknown),
    };

    /// <summary>A read that no process has answered has no effect.</summary>
    public static async Task<Told<TOutput>> OfReadAsync(Func<Task<TOutput>> read)
    {
        try
        {
            return new(Ending.Done, await read());
        }
        catch (RaftException)
        {
            return new(Ending.NotDone);
        }
    }
}

internal enum Ending
{
    /// <summary>It took effect once, with an output.</summary>
    Done,

    /// <summary>It had no effect. Another attempt may.</summary>
    NotDone,

    /// <summary>It had no effect, and the state machine says that it shall have none.</summary>
    Refused,

    /// <summary>It may have had an effect, or may still have.</summary>
    Unknown,
}
