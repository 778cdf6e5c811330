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

        return Own(await servers.AskAsync(RequestOf(text!, id), mayRepeat: true, settings.Timeout, redirected, cancellation)
            .ConfigureAwait(false));
    }

    /// <summary>As <see cref="AppendAsync"/>, for one message under <see cref="RequestId"/>. Blocks.</summary>
    public RequestOutcome Append(string text, CancellationToken cancellation) => MessageLimits.Problem(RequestId, text) is { } problem
        ? new RequestOutcome.NotDone(problem, IsFinal: true)
        : Own(servers.Ask(RequestOf(text, RequestId), mayRepeat: true, settings.Timeout, redirected, cancellation));

    private static Func<long, TimeSpan, Request> RequestOf(string text, string id) =>
        (number, timeout) => new Request.Append(number, id, text, timeout);

    // A generated id can only be in the log through an earlier attempt of this run. For the caller that is a first append.
    private RequestOutcome Own(RequestOutcome outcome) =>
        requestId is null && outcome is RequestOutcome.Answered { Reply: Reply.Committed { WasThere: true } committed } answered
            ? answered with { Reply = committed with { WasThere = false } }
            : outcome;
}
