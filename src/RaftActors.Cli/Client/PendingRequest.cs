using RaftActors.Cli.Protocol;

namespace RaftActors.Cli.Client;

/// <summary>A request to one server that is not answered yet.</summary>
/// <param name="message">Builds the message, given the time that the client still waits.</param>
internal sealed class PendingRequest(
    long number,
    Func<TimeSpan, Request> message,
    Deadline deadline,
    Action<ServerId> redirected)
{
    private readonly TaskCompletionSource<Answer> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public long Number => number;

    /// <summary>The time that the client still waits.</summary>
    public TimeSpan Left => deadline.Left;

    /// <summary>Completes once, and never fails.</summary>
    public Task<Answer> Answer => _answer.Task;

    /// <summary>Builds the message at the moment of sending. The server's time excludes the time that connecting took.</summary>
    public Request Message() => message(Left);

    public void Redirected(ServerId leader) => redirected(leader);

    public void Complete(Answer answer) => _answer.TrySetResult(answer);
}
