using System.Net.Sockets;

using RaftActors.Cli.Protocol;
using RaftActors.Cli.Security;
using RaftActors.Network;
using RaftActors.Security;

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
                var attempt = _attempt = new Attempt();
                Start(() => Run(attempt));
            }

            _attempt.Add();
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
        _attempt?.End();
        _attempt = null;
    }

    // Threads cost a short command less than awaited sockets do. They end with the connection, and never hold up the end of the program.
    private static void Start(Action loop) => new Thread(() => loop()) { IsBackground = true }.UnsafeStart();

    private void Run(Attempt attempt)
    {
        var why = "the connection was closed";
        try
        {
            // The files are read for each connection, because a long command may outlive them.
            var credentials = security.IsOn ? CredentialFiles.Read(security.ToSettings()) : null;
            attempt.Client.Connect(server.EndPoint, server.Hostname, credentials);
            lock (_lock)
            {
                attempt.IsConnected = true;
            }

            Start(() => Send(attempt));
            Receive(attempt.Client);
        }
        catch (Exception e)
        {
            why = attempt.IsConnected ? why : ReasonOf(e);
        }

        OnEnd(attempt, why);
    }

    private void Send(Attempt attempt)
    {
        try
        {
            while (attempt.WaitForMore())
            {
                if (TakeUnsent(attempt) is { } request)
                {
                    var message = request.Message();
                    attempt.Client.Send(ProtocolSerializer.Number, ProtocolFormat.ManifestOf(message), ProtocolFormat.Write(message));
                }
            }
        }
        catch (Exception)
        {
            // The other thread finds that the connection has ended.
            attempt.End();
        }
    }

    // Null: it was given up, or the connection has ended.
    private PendingRequest? TakeUnsent(Attempt attempt)
    {
        lock (_lock)
        {
            if (_attempt != attempt || _unsent is not [var request, ..])
            {
                return null;
            }

            _unsent.RemoveAt(0);
            _sent.Add(request.Number, request);
            return request;
        }
    }

    private void Receive(DoorClient client)
    {
        while (client.Receive() is var (manifest, bytes))
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
        attempt.End();
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
        private readonly SemaphoreSlim _more = new(0);
        private volatile bool _isOver;

        public DoorClient Client { get; } = new(RequestDoor.Path, MessageLimits.FrameBytesMax);

        /// <summary>The handshake is complete.</summary>
        public bool IsConnected { get; set; }

        /// <summary>There is one more request.</summary>
        public void Add() => _more.Release();

        /// <summary>Waits for a request. False: the connection has ended.</summary>
        public bool WaitForMore()
        {
            _more.Wait();
            return !_isOver;
        }

        /// <summary>Ends the connection, or the attempt to open one. Called by any thread, also more than once.</summary>
        public void End()
        {
            _isOver = true;
            Client.Dispose();
            _more.Release();
        }
    }
}
