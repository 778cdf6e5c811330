using RaftActors.Cli.Server;

namespace RaftActors.Cli.Client;

/// <summary>Appends messages under request ids. A request id takes effect at most once, so a retry is safe. Thread-safe.</summary>
internal sealed class Appender(GroupClient client, TimeSpan timeout, string? requestId)
{
    private readonly string _attempt = AppendKey.NewAttempt();

    /// <summary>The given or generated request id. The ids of several messages begin with it.</summary>
    public string RequestId { get; } = requestId ?? Guid.NewGuid().ToString("N");

    /// <summary>Appends one message. The client retries until the outcome is certain or the time is up.</summary>
    public async Task<RequestOutcome> AppendAsync(string text, string id)
    {
        if (MessageLimits.Problem(id, text) is { } problem)
        {
            return new RequestOutcome.NotDone(problem, IsFinal: true);
        }

        var start = Stopwatch.GetTimestamp();
        var left = timeout;
        Outcome<string> outcome;
        do
        {
            outcome = await client.Raft
                .AppendAsync($"{new AppendKey(id, _attempt)}", text, left, id, cancellationToken: client.End).ConfigureAwait(false);
            left = timeout - Stopwatch.GetElapsedTime(start);
        }
        while (IsForgotten(outcome) && left > TimeSpan.Zero);

        client.TellRedirect();
        return outcome.Failure is { } failure ? client.Failed(failure) : Committed(outcome, text, id);
    }

    // The group remembers only the latest clients, and each run is a new client, so the group may not know whether an earlier attempt was
    // committed. Another attempt is safe, because each server applies a request id once.
    private static bool IsForgotten(Outcome<string> outcome) => outcome.Failure?.Reason == FailureReason.Forgotten;

    // Without a result the message is older than the results that the servers keep.
    private RequestOutcome Committed(Outcome<string> done, string text, string id)
    {
        if (!done.HasResult)
        {
            return new RequestOutcome.Committed(done.Serial.Value, WasThere: requestId is not null);
        }

        // Only this run can have appended a generated id, so for the caller that is a first append.
        var result = AppendResult.Parse(done.Result);
        return result.Checksum == AppendResult.ChecksumOf(text)
            ? new RequestOutcome.Committed(result.Serial, requestId is not null && result.Attempt != _attempt)
            : new RequestOutcome.NotDone(
                $"The request id {id} was used for another message. Use another --request-id, or leave it out.", IsFinal: true);
    }
}
