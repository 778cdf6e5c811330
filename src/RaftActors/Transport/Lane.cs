using System.Net.Sockets;

using Akka.Actor;
using Akka.Event;

using RaftActors.Telemetry;
using RaftActors.Wire;

namespace RaftActors.Transport;

/// <summary>
/// The way for messages of engines to one other node, beside Akka's remoting: one connection of this node's own, if there is one.
/// Thread-safe.
/// </summary>
internal sealed class Lane(Address address, LaneContext context) : IForgettableLane
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    // A fence is lost with the connection of the remoting that bears it. Then the messages before it are lost as well.
    private const int MaxFences = 5;

    private static readonly TimeSpan FencePause = TimeSpan.FromMilliseconds(200);

    private readonly Lock _lock = new();
    private readonly GrowingPause _pause = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30));
    private LaneRef? _registry;
    private LaneConnection? _connection;
    private WireMessage.LaneAt? _warned;
    private long _connections;
    private bool _hasLostActor;
    private volatile bool _isRetired;

    // Messages that engines are about to send by Akka. A fence must follow them.
    private int _detours;

    /// <summary>Connects to the node, unless this is done or under way. Another endpoint ends the connection to the former one.</summary>
    public void Learn(WireMessage.LaneAt endpoint)
    {
        lock (_lock)
        {
            if (_isRetired || _connection?.Endpoint == endpoint)
            {
                return;
            }

            EndNow();
            _connection = new LaneConnection(endpoint, ++_connections, context, _lock, OnLost);
            _ = ConnectAsync(_connection);
        }
    }

    /// <summary>Ends the connection, and makes no other one until the next <see cref="Learn"/>.</summary>
    public void Forget()
    {
        lock (_lock)
        {
            EndNow();
        }
    }

    /// <summary>All messages that went by Akka have arrived. The lane sends those that it took since, and all later ones.</summary>
    public void Open(WireMessage.LaneFence fence)
    {
        lock (_lock)
        {
            if (_connection is not { IsConnected: true, IsOpen: false } connection || connection.Number != fence.Connection)
            {
                return;
            }

            connection.IsOpen = true;
        }

        context.Log.Info("Raft messages to {0} go by a connection of their own.", address);
        Flush();
    }

    /// <inheritdoc/>
    public ILane Current => _isRetired ? context.LaneTo(address) ?? this : this;

    /// <inheritdoc/>
    public bool TryRetire()
    {
        lock (_lock)
        {
            // A later connection must wait for the messages that are about to go by Akka.
            return _isRetired |= _connection is null && _detours == 0;
        }
    }

    /// <inheritdoc/>
    public bool TryWrite(IActorRef to, WireMessage message, IActorRef from)
    {
        lock (_lock)
        {
            if (_connection is { IsConnected: true, Sender.Frames: var frames })
            {
                if (frames.Length > context.Settings.QueueSizeMaxBytes)
                {
                    Drop(message);
                    return true;
                }

                if (frames.TryWrite(to, message, from))
                {
                    return true;
                }
            }

            _detours++;
            return false;
        }
    }

    /// <summary>
    /// Sends a message of this node's registry to that of the other node, or drops it if too many bytes wait: the registry sends its list
    /// until the other node answers, which may hang. False: there is no connection.
    /// </summary>
    public bool TryTellRegistry(WireMessage message)
    {
        lock (_lock)
        {
            _registry ??= new LaneRef(ActorPath.Parse(address + InboundLane.RegistryPath), this, context);
            if (_connection is not { IsConnected: true, Sender.Frames: var frames })
            {
                return false;
            }

            if (frames.Length > context.Settings.QueueSizeMaxBytes)
            {
                Drop(message);
                return true;
            }

            if (!frames.TryWrite(_registry, message, context.Registry))
            {
                return false;
            }
        }

        Flush();
        return true;
    }

    /// <summary>Whether an announcement of an actor was dropped since the last call. Its engine sends it once, so it must again.</summary>
    public bool TakeLostActor()
    {
        lock (_lock)
        {
            var hasLost = _hasLostActor;
            _hasLostActor = false;
            return hasLost;
        }
    }

    /// <inheritdoc/>
    public void EndDetour()
    {
        lock (_lock)
        {
            _detours--;
            AskForFence();
        }
    }

    /// <inheritdoc/>
    public void Flush()
    {
        LaneSender? sender;
        lock (_lock)
        {
            sender = _connection is { IsOpen: true } connection ? connection.Sender : null;
        }

        sender?.Flush();
    }

    private void Drop(WireMessage message)
    {
        _hasLostActor |= message is WireMessage.ActorAt;
        context.Metrics.OnDropped();
    }

    private void OnLost(LaneConnection connection, Exception? cause)
    {
        if (cause is not null)
        {
            LogUnlessLost(cause);
        }

        End(connection);
    }

    private async Task ConnectAsync(LaneConnection connection)
    {
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
                _pause.Reset();
                context.Metrics.OnConnected();
                AskForFence();
            }

            _ = OpenInTimeAsync(connection);
            await connection.WaitForEndAsync();
        }
        catch (Exception e)
        {
            LogUnlessLost(e);
            WarnOnce(connection, e.Message);
        }

        End(connection);
    }

    // The registry sends a fence.
    private void AskForFence()
    {
        if (_detours == 0 && _connection is { IsConnected: true, IsFenced: false } connection)
        {
            connection.IsFenced = true;
            context.Registry.Tell(new LaneNews.Connected(address, connection.Endpoint.Node, connection.Number), ActorRefs.NoSender);
        }
    }

    // Asks again for a fence that did not come back, and in the end opens without it. Raft takes a message that was overtaken then.
    private async Task OpenInTimeAsync(LaneConnection connection)
    {
        for (var fences = 1; fences <= MaxFences; fences++)
        {
            await Task.Delay(FencePause);
            lock (_lock)
            {
                if (connection != _connection || connection.IsOpen)
                {
                    return;
                }

                connection.IsFenced = false;
                AskForFence();
            }
        }

        Open(new WireMessage.LaneFence(connection.Endpoint.Node, connection.Number, IsReply: true));
    }

    private void LogUnlessLost(Exception e)
    {
        if (e is not (SocketException or OperationCanceledException or InvalidDataException or ObjectDisposedException))
        {
            context.Log.Error(e, "The raft connection to {0} failed", address);
        }
    }

    // A firewall that lets only the port of the remoting pass is reported once, not at each attempt.
    private void WarnOnce(LaneConnection connection, string why)
    {
        lock (_lock)
        {
            if (connection != _connection || connection.IsConnected || _warned == connection.Endpoint)
            {
                return;
            }

            _warned = connection.Endpoint;
        }

        context.Log.Warning(
            "Raft messages to {0} go by Akka.Remote, because its port {1} for raft (raft.transport-tcp.port) cannot be reached: {2}",
            address,
            connection.Endpoint.Port,
            why);
    }

    private void End(LaneConnection connection)
    {
        lock (_lock)
        {
            if (connection == _connection)
            {
                if (connection.IsConnected)
                {
                    context.Log.Info("Raft messages to {0} go by Akka.Remote, because their connection has ended.", address);
                    context.Registry.Tell(new LaneNews.Disconnected(address), ActorRefs.NoSender);
                }
                else
                {
                    _ = TellFailedAsync();
                }

                EndNow();
            }
        }

        connection.Dispose();
    }

    private async Task TellFailedAsync()
    {
        // The first one tells at once.
        var pause = _pause.Current;
        _pause.Grow();
        await Task.Delay(pause);
        context.Registry.Tell(new LaneNews.Failed(address), ActorRefs.NoSender);
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
