using System.Diagnostics;

using RaftActors.Cli.Server;

namespace RaftActors.Cli.Client;

/// <summary>Appends messages under request ids. A request id takes effect at most once, so a retry is safe. Thread-safe.</summary>
internal sealed class Appender(GroupClient client, TimeSpan timeout, string? requestId)
{
    private readonly string _attempt = AppendKey.NewAttempt();

    /// <summary>The given or generated request id; for several messages, the prefix of their ids.</summary>
    public string RequestId { get; } = requestId ?? Guid.NewGuid().ToString("N");

    /// <summary>Appends one message. The client retries until the outcome is certain or the time is up.</summary>
    /// <param name="text">Null: the message was too long to be read.</param>
    public async Task<RequestOutcome> AppendAsync(string? text, string id)
    {
        if ((text is null ? InputLines.TooLong : MessageLimits.Problem(id, text)) is { } problem)
        {
            return new RequestOutcome.NotDone(problem, IsFinal: true);
        }

        var start = Stopwatch.GetTimestamp();
        var left = timeout;
        Outcome<string> outcome;
        do
        {
            outcome = await client.Raft.AppendAsync($"{new AppendKey(id, _attempt)}", text!, left, id, client.End).ConfigureAwait(false);
            left = timeout - Stopwatch.GetElapsedTime(start);
        }
        while (IsForgotten(outcome) && left > TimeSpan.Zero);

        return outcome.Failure is { } failure ? client.Failed(failure) : Committed(outcome, text!, id);
    }

    // The group remembers only the latest clients, and each run is another one. So it may not know whether it took the message of a
    // repeated attempt before. The servers know, because each applies an id once.
    private static bool IsForgotten(Outcome<string> outcome) => outcome.Failure?.Reason == FailureReason.Forgotten;

    // Without a result the message is an old one, whose result the servers have forgotten.
    private RequestOutcome Committed(Outcome<string> done, string text, string id)
    {
        if (!done.HasResult)
        {
            return new RequestOutcome.Committed(done.Serial.Value, WasThere: requestId is not null);
        }

        // A generated id can only be in the log through an earlier attempt of this run. For the caller that is a first append.
        var result = AppendResult.Parse(done.Result);
        return result.Checksum == AppendResult.ChecksumOf(text)
            ? new RequestOutcome.Committed(result.Serial, requestId is not null && result.Attempt != _attempt)
            : new RequestOutcome.NotDone(
                $"The request id {id} was used for another message. Use another --request-id, or leave it out.", IsFinal: true);
    }
}
