using System.Collections.Concurrent;

using RaftActors.Cli.Protocol;
using RaftActors.Cli.Security;

namespace RaftActors.Cli.Client;

/// <summary>Sends requests to servers, by one connection to each, for the duration of one command. Thread-safe.</summary>
internal sealed class ServerConnection(ConnectionSecurity security) : IDisposable
{
    private readonly ConcurrentDictionary<ServerId, ServerLink> _links = new();
    private long _lastNumber;

    /// <summary>Sends a request to one server once, and waits for the answer. Requests to one server are sent in the order of the calls.</summary>
    /// <param name="request">Builds the request, given its number and the time that is left.</param>
    /// <param name="patience">The longest time to wait, connecting included.</param>
    /// <param name="redirected">Called on another thread with the leader, if the server forwards the request to it.</param>
    public async Task<Answer> AskAsync(
        ServerId server,
        Func<long, TimeSpan, Request> request,
        TimeSpan patience,
        Action<ServerId> redirected,
        CancellationToken cancellation)
    {
        var deadline = Deadline.After(patience);
        var number = Interlocked.Increment(ref _lastNumber);
        var pending = new PendingRequest(number, left => request(number, left), deadline, redirected);
        var link = _links.GetOrAdd(server, static (to, security) => new ServerLink(to, security), security);
        link.Add(pending);
        var why = "did not answer in time";
        try
        {
            return await pending.Answer.WaitAsync(deadline.Left, cancellation).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
        }
        catch (OperationCanceledException)
        {
            why = "had not answered yet";
        }

        link.GiveUp(pending, why);
        return await pending.Answer.ConfigureAwait(false);
    }

    public void Dispose()
    {
        foreach (var link in _links.Values)
        {
            link.Dispose();
        }
    }
}
