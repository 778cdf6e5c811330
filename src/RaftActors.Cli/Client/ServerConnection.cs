using RaftActors.Cli.Protocol;
using RaftActors.Cli.Security;

namespace RaftActors.Cli.Client;

/// <summary>Sends requests to servers, by one connection to each, for the duration of one command. Thread-safe.</summary>
internal sealed class ServerConnection(ConnectionSecurity security) : IDisposable
{
    // By name: a dictionary of structs is compiled anew at each start.
    private readonly Dictionary<string, ServerLink> _links = [];
    private long _lastNumber;

    /// <summary>
    /// Sends a request to one server once, and waits for the answer. Requests to one server are sent in the order of the calls.
    /// </summary>
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
        var link = LinkTo(server);
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
        lock (_links)
        {
            foreach (var link in _links.Values)
            {
                link.Dispose();
            }
        }
    }

    private ServerLink LinkTo(ServerId server)
    {
        var name = server.ToString();
        lock (_links)
        {
            if (!_links.TryGetValue(name, out var link))
            {
                _links.Add(name, link = new ServerLink(server, security));
            }

            return link;
        }
    }
}
