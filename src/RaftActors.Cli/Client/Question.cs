using RaftActors.Cli.Protocol;

namespace RaftActors.Cli.Client;

/// <summary>A request on its way to one server, and the promise of an answer.</summary>
/// <param name="request">Makes it, given for how long it is waited for.</param>
internal sealed class Question(
    ServerId server,
    long number,
    Func<TimeSpan, Request> request,
    Deadline deadline,
    Action<ServerId> redirected)
{
    private readonly TaskCompletionSource<Answer> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ServerId Server => server;

    public long Number => number;

    /// <summary>Never fails, and is given once.</summary>
    public Task<Answer> Answer => _answer.Task;

    /// <summary>As it leaves now: what it took to reach the server is no time that the server has.</summary>
    public Request Request() => request(deadline.Left);

    public void Redirected(ServerId leader) => redirected(leader);

    public void End(Answer answer) => _answer.TrySetResult(answer);
}
