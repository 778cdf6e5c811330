using RaftActors.Cli.Protocol;

namespace RaftActors.Cli.Client;

/// <summary>Appends messages, each under an id by which it can be appended again without being there twice.</summary>
internal sealed class Appender(ServerList servers, ClientSettings settings, string? requestId, Action<ServerId> redirected)
{
    /// <summary>What the ids of this run begin with.</summary>
    public string RequestId { get; } = requestId ?? Guid.NewGuid().ToString("N");

    /// <summary>Appends one message.</summary>
    public async Task<Ending> AppendAsync(string? text, string id, CancellationToken cancellation)
    {
        if ((text is null ? InputLines.TooLong : MessageLimits.WhyNot(id, text)) is { } problem)
        {
            return new Ending.NotDone(problem, IsFinal: true);
        }

        var ending = await servers.AskAsync(
            (number, timeout) => new Request.Append(number, id, text!, timeout),
            mayRepeat: true,
            settings.Timeout,
            redirected,
            cancellation).ConfigureAwait(false);

        // An id of our own was there before only if an attempt of ours put it there, which is news to whoever started us.
        return requestId is null && ending is Ending.Answered { Reply: Reply.Committed { WasThere: true } committed } answered
            ? answered with { Reply = committed with { WasThere = false } }
            : ending;
    }
}
