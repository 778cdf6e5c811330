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
        var (pending, link) = Send(server, request, patience, redirected);
        try
        {
            return await pending.Answer.WaitAsync(pending.Left, cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            link.GiveUp(pending, WhyNone(cancellation));
            return await pending.Answer.ConfigureAwait(false);
        }
    }

    /// <summary>As <see cref="AskAsync"/>, and blocks.</summary>
    public Answer Ask(
        ServerId server,
        Func<long, TimeSpan, Request> request,
        TimeSpan patience,
        Action<ServerId> redirected,
        CancellationToken cancellation)
    {
        var (pending, link) = Send(server, request, patience, redirected);
        try
        {
            if (!pending.Answer.Wait(pending.Left, cancellation))
            {
                link.GiveUp(pending, WhyNone(cancellation));
            }
        }
        catch (OperationCanceledException)
        {
            link.GiveUp(pending, WhyNone(cancellation));
        }

        return pending.Answer.GetAwaiter().GetResult();
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

    private (PendingRequest Pending, ServerLink Link) Send(
        ServerId server, Func<long, TimeSpan, Request> request, TimeSpan patience, Action<ServerId> redirected)
    {
        var number = Interlocked.Increment(ref _lastNumber);
        var pending = new PendingRequest(number, left => request(number, left), Deadline.After(patience), redirected);
        var link = LinkTo(server);
        link.Add(pending);
        return (pending, link);
    }

    private static string WhyNone(CancellationToken cancellation) =>
        cancellation.IsCancellationRequested ? "had not answered yet" : "did not answer in time";

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
