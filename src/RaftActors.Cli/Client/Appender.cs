using RaftActors.Cli.Protocol;

namespace RaftActors.Cli.Client;

/// <summary>Appends messages under request ids. A request id takes effect at most once, so a retry is safe.</summary>
internal sealed class Appender(ServerList servers, ClientSettings settings, string? requestId, Action<ServerId> redirected)
{
    /// <summary>The given or generated request id; for several messages, the prefix of their ids.</summary>
    public string RequestId { get; } = requestId ?? Guid.NewGuid().ToString("N");

    /// <summary>Appends one message, and retries until the outcome is certain or the time is up.</summary>
    /// <param name="text">Null: the message was too long to be read.</param>
    public async Task<RequestOutcome> AppendAsync(string? text, string id, CancellationToken cancellation)
    {
        if ((text is null ? InputLines.TooLong : MessageLimits.Problem(id, text)) is { } problem)
        {
            return new RequestOutcome.NotDone(problem, IsFinal: true);
        }

        var outcome = await servers.AskAsync(
            (number, timeout) => new Request.Append(number, id, text!, timeout),
            mayRepeat: true,
            settings.Timeout,
            redirected,
            cancellation).ConfigureAwait(false);

        // A generated id can only be in the log through an earlier attempt of this run. For the caller that is a first append.
        return requestId is null && outcome is RequestOutcome.Answered { Reply: Reply.Committed { WasThere: true } committed } answered
            ? answered with { Reply = committed with { WasThere = false } }
            : outcome;
    }
}
