using System.Net.Sockets;

using RaftActors.Cli.Protocol;
using RaftActors.Cli.Security;
using RaftActors.Security;
using RaftActors.Transport;

namespace RaftActors.Cli.Client;

/// <summary>
/// The connection to one server, and the requests that it has not answered. It connects when there is a request. A request is sent only
/// after the handshake. So a request that waits for a connection has certainly not reached the server. Thread-safe.
/// </summary>
internal sealed class ServerLink(ServerId server, ConnectionSecurity security) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly List<PendingRequest> _unsent = [];
    private readonly Dictionary<long, PendingRequest> _sent = [];
    private Attempt? _attempt;

    /// <summary>Completes the request with its answer, or with the reason why there is none.</summary>
    public void Add(PendingRequest request)
    {
        lock (_lock)
        {
            _unsent.Add(request);
            if (_attempt is null)
            {
                _attempt = new Attempt();
                _ = RunAsync(_attempt);
            }

            _attempt.More.Release();
        }
    }

    /// <summary>Completes a request that the caller no longer waits for.</summary>
    /// <param name="why">Why there is no answer if it was sent.</param>
    public void GiveUp(PendingRequest request, string why)
    {
        lock (_lock)
        {
            if (!_unsent.Remove(request))
            {
                _sent.Remove(request.Number);
                request.Complete(new Answer.Lost($"{server} {why}"));
                return;
            }

            request.Complete(new Answer.Unsent($"cannot reach {server}: no answer"));
            if (_unsent.Count == 0 && _attempt is { IsConnected: false })
            {
                EndNow();
            }
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            EndNow();
        }
    }

    private void EndNow()
    {
        _attempt?.End.Cancel();
        _attempt = null;
    }

    private async Task RunAsync(Attempt attempt)
    {
        // Not under the caller's lock.
        await Task.Yield();
        var why = "the connection was closed";
        try
        {
            using var client = await ConnectAsync(attempt.End.Token).ConfigureAwait(false);
            lock (_lock)
            {
                attempt.IsConnected = true;
            }

            await await Task.WhenAny(ReceiveAsync(client, attempt), SendAsync(client, attempt)).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            why = attempt.IsConnected ? why : ReasonOf(e);
        }

        OnEnd(attempt, why);
    }

    // The files are read for each connection, because a long command may outlive them.
    private Task<DoorClient> ConnectAsync(CancellationToken cancellation) => DoorClient.ConnectAsync(
        server.Hostname,
        server.Port,
        RequestDoor.Path,
        security.IsOn ? CredentialFiles.Read(security.ToSettings()) : null,
        MessageLimits.FrameBytesMax,
        cancellation);

    private async Task SendAsync(DoorClient client, Attempt attempt)
    {
        while (true)
        {
            await attempt.More.WaitAsync(attempt.End.Token).ConfigureAwait(false);
            if (TakeUnsent() is { } request)
            {
                var message = request.Message();
                await client.SendAsync(
                    ProtocolSerializer.Number,
                    ProtocolFormat.ManifestOf(message),
                    ProtocolFormat.Write(message),
                    attempt.End.Token).ConfigureAwait(false);
            }
        }
    }

    // Null: it was given up.
    private PendingRequest? TakeUnsent()
    {
        lock (_lock)
        {
            if (_unsent is not [var request, ..])
            {
                return null;
            }

            _unsent.RemoveAt(0);
            _sent.Add(request.Number, request);
            return request;
        }
    }

    private async Task ReceiveAsync(DoorClient client, Attempt attempt)
    {
        while (await client.ReceiveAsync(attempt.End.Token).ConfigureAwait(false) is var (manifest, bytes))
        {
            if (ProtocolFormat.Read(bytes, manifest) is Reply reply)
            {
                OnReply(reply);
            }
        }
    }

    private void OnReply(Reply reply)
    {
        PendingRequest? request;
        lock (_lock)
        {
            if (!_sent.TryGetValue(reply.Number, out request))
            {
                return;
            }

            if (reply is not Reply.Redirected)
            {
                _sent.Remove(reply.Number);
            }
        }

        if (reply is Reply.Redirected redirected)
        {
            request.Redirected(redirected.Leader);
        }
        else
        {
            request.Complete(new Answer.Replied(reply));
        }
    }

    private void OnEnd(Attempt attempt, string why)
    {
        lock (_lock)
        {
            if (_attempt != attempt)
            {
                return;
            }

            EndNow();
            _unsent.ForEach(request => request.Complete(new Answer.Unsent($"cannot reach {server}: {why}")));
            foreach (var request in _sent.Values)
            {
                request.Complete(new Answer.Lost($"the connection to {server} was lost before its answer arrived"));
            }

            _unsent.Clear();
            _sent.Clear();
        }
    }

    private string ReasonOf(Exception failure) => failure switch
    {
        SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData } => "the host name is unknown",
        SocketException { SocketErrorCode: SocketError.ConnectionRefused } => "connection refused",
        SocketException { SocketErrorCode: SocketError.TimedOut } => "no answer",
        SocketException => failure.Message,
        _ when security.IsOn => Clause.Of(failure.Message),
        _ => $"no raft server listens at this address, or it needs --tls-cert or --secrets ({Clause.Of(failure.Message)})",
    };

    /// <summary>One connection, from the attempt to open it to its end.</summary>
    private sealed class Attempt
    {
        /// <summary>Released once for each request.</summary>
        public SemaphoreSlim More { get; } = new(0);

        public CancellationTokenSource End { get; } = new();

        /// <summary>The handshake is complete.</summary>
        public bool IsConnected { get; set; }
    }
}
