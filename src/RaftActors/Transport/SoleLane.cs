using System.Net.Sockets;
using System.Security.Authentication;

using Akka.Actor;
using Akka.Event;

using RaftActors.Wire;

namespace RaftActors.Transport;

/// <summary>
/// The only way for messages of raft to one other node: an encrypted connection on which both sides have proved their identity. It connects
/// when there is a message. A message that cannot be sent is lost, as by a broken network. Thread-safe.
/// </summary>
internal sealed class SoleLane(Address address, LaneContext context) : ILane
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    // The pause after a failed attempt is twice as long each time.
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan AskPause = TimeSpan.FromMilliseconds(500);

    private readonly Lock _lock = new();
    private LaneConnection? _connection;
    private WireMessage.LaneAt? _endpoint;
    private long _connections;
    private TimeSpan _pause;
    private long _nextAttempt;
    private long _nextQuestion;
    private string? _problem;

    /// <summary>Why there is no connection; null: there is one, or none was tried.</summary>
    public string? Problem => Volatile.Read(ref _problem);

    /// <summary>This node has connected, and the other side has proved that it is the node.</summary>
    public bool IsVerified
    {
        get
        {
            lock (_lock)
            {
                return _connection is { IsVerified: true };
            }
        }
    }

    /// <summary>The other node has connected to this one. So it can be reached now, and would let this one in.</summary>
    public void OnMet()
    {
        lock (_lock)
        {
            _nextAttempt = default;
            _pause = default;
        }
    }

    /// <summary>The node may be at this endpoint. An open connection stays: only its end shows that the node has moved.</summary>
    public void Learn(WireMessage.LaneAt endpoint)
    {
        lock (_lock)
        {
            if (_connection is { IsConnected: true })
            {
                _endpoint = endpoint;
                return;
            }

            if (_endpoint != endpoint)
            {
                _endpoint = endpoint;
                _nextAttempt = default;
                EndNow();
            }

            BeginIfTime();
        }
    }

    /// <summary>Connects now, without a message. The registry is told the outcome, also if there is a connection.</summary>
    public void Connect()
    {
        lock (_lock)
        {
            if (_connection is { IsConnected: true })
            {
                context.Registry.Tell(new LaneNews.Opened(address), ActorRefs.NoSender);
            }

            _nextAttempt = default;
            BeginIfTime();
        }
    }

    /// <summary>The credentials have changed: ends a connection to a node that would not be accepted now.</summary>
    public void Recheck()
    {
        LaneConnection? connection;
        lock (_lock)
        {
            connection = _connection is { IsConnected: true } ? _connection : null;
        }

        if (connection is { IsStillAccepted: false })
        {
            context.Log.Warning("Closed the raft connection to {0}: its credentials are no longer accepted.", address);
            End(connection, "its credentials are no longer accepted", isRefused: true);
        }
    }

    /// <summary>Ends the connection. The next message makes another one.</summary>
    public void Forget()
    {
        lock (_lock)
        {
            EndNow();
        }
    }

    /// <inheritdoc/>
    public bool TryWrite(IActorRef to, WireMessage message, IActorRef from)
    {
        lock (_lock)
        {
            BeginIfTime();
            if (_connection is null || _connection.Sender.Frames.Length > context.Settings.QueueSizeMaxBytes)
            {
                context.Metrics.OnDropped();
            }
            else if (!_connection.Sender.Frames.TryWrite(to, message, from))
            {
                context.Metrics.OnDropped();
                context.Log.Warning("A {0} to {1} was dropped: it does not fit into a frame (raft.transport-tcp.frame-size-max), or has a "
                    + "text that is no Unicode.", message.GetType().Name, to);
            }
        }

        return true;
    }

    /// <inheritdoc/>
    public void EndDetour()
    {
    }

    /// <inheritdoc/>
    public void Flush()
    {
        LaneSender? sender;
        lock (_lock)
        {
            sender = _connection is { IsConnected: true } connection ? connection.Sender : null;
        }

        sender?.Flush();
    }

    private void BeginIfTime()
    {
        var now = Environment.TickCount64;
        if (_connection is not null || now < _nextAttempt)
        {
            return;
        }

        if (EndpointNow() is { } endpoint)
        {
            _connection = new LaneConnection(endpoint, ++_connections, context, _lock, OnLost, context.IsClient());
            _ = ConnectAsync(_connection);
        }
        else if (now >= _nextQuestion)
        {
            _nextQuestion = now + (long)AskPause.TotalMilliseconds;
            context.Registry.Tell(new LaneNews.Wanted(address), ActorRefs.NoSender);
        }
    }

    private WireMessage.LaneAt? EndpointNow() => context.Settings.IsAtAddress
        ? new WireMessage.LaneAt(address.Port!.Value, Node: 0) // Justification: the address of a node has a port.
        : _endpoint;

    private async Task ConnectAsync(LaneConnection connection)
    {
        // Not on the engine's thread: a name may have to be looked up.
        await Task.Yield();
        try
        {
            using var timeout = new CancellationTokenSource(ConnectTimeout);
            await connection.ConnectAsync(address.Host!, timeout.Token); // Justification: an address of another node has a host.
            lock (_lock)
            {
                if (connection != _connection)
                {
                    return;
                }

                connection.IsConnected = true;
                _pause = default;
                Volatile.Write(ref _problem, null);
                context.Metrics.OnConnected();
            }

            context.Log.Info("Raft messages to {0} go by an encrypted connection.", address);
            context.Registry.Tell(new LaneNews.Opened(address), ActorRefs.NoSender);

            // The credentials may have changed since the handshake.
            Recheck();
            connection.Sender.Flush();
            await (connection.IsClient ? connection.ReadAnswersAsync(this, address) : connection.WaitForEndAsync());
            End(connection, "it has ended", isRefused: false);
        }
        catch (Exception e)
        {
            OnLost(connection, e);
        }
    }

    private void OnLost(LaneConnection connection, Exception? cause)
    {
        if (cause is not (null or SocketException or IOException or OperationCanceledException or InvalidDataException
            or ObjectDisposedException or AuthenticationException))
        {
            context.Log.Error(cause, "The raft connection to {0} failed", address);
        }

        var why = cause switch
        {
            null => "it was lost",
            OperationCanceledException => $"no answer within {ConnectTimeout.TotalSeconds} s",
            _ => cause.Message,
        };
        End(connection, why, isRefused: cause is AuthenticationException or InvalidDataException);
    }

    // A node that is not running is no problem of security, and the registry tells of it.
    private void End(LaneConnection connection, string why, bool isRefused)
    {
        lock (_lock)
        {
            if (connection == _connection)
            {
                if (connection.IsConnected)
                {
                    context.Log.Info("The raft connection to {0} has ended.", address);
                    context.Registry.Tell(new LaneNews.Disconnected(address), ActorRefs.NoSender);
                }
                else
                {
                    OnFailed(connection, why, isRefused);
                }

                EndNow();
            }
        }

        connection.Dispose();
    }

    // An attempt fails for the same reason again and again. Only the first one is worth a line.
    private void OnFailed(LaneConnection connection, string why, bool isRefused)
    {
        _pause = _pause == default ? FirstPause : _pause < LongestPause / 2 ? 2 * _pause : LongestPause;
        _nextAttempt = Environment.TickCount64 + (long)_pause.TotalMilliseconds;
        context.Registry.Tell(new LaneNews.Refused(address, why), ActorRefs.NoSender);
        var problem = $"{address.Host}:{connection.Endpoint.Port}: {why}";
        if (_problem != problem)
        {
            Volatile.Write(ref _problem, problem);
            var line = $"Cannot connect to raft on {address}: {why.TrimEnd('.')}.";
            context.Log.Log(isRefused ? LogLevel.WarningLevel : LogLevel.InfoLevel, null, line);
        }
    }

    private void EndNow()
    {
        if (_connection is { IsConnected: true })
        {
            context.Metrics.OnDisconnected();
        }

        _connection?.Dispose();
        _connection = null;
    }
}
