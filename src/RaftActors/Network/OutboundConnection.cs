using Akka.Actor;
using Akka.Event;

using RaftActors.Settings;

namespace RaftActors.Network;

/// <summary>
/// A connection that this node opens to another one when there is something to send. With <c>raft.security</c> it is encrypted, and both
/// sides prove their identity. After a failed attempt it pauses. Thread-safe.
/// </summary>
/// <param name="newFrames">Makes the frames of one socket.</param>
internal abstract class OutboundConnection<TFrames>(
    Address address, NetworkContext context, ConnectionKind kind, Func<TFrames> newFrames)
    where TFrames : Frames
{
    private volatile bool _hasEnded;
    private string? _problem;

    /// <summary>Why the latest attempt to connect has failed, or null if it has not, or none was made.</summary>
    public string? Problem => Volatile.Read(ref _problem);

    protected Address Address => address;

    protected NetworkContext Context => context;

    /// <summary>Guards all but the sending.</summary>
    protected Lock Gate { get; } = new();

    protected GrowingPause Pause { get; } = new(Machine.Current.Time);

    /// <summary>The present socket, which connects, or takes messages and sends them.</summary>
    protected OutboundSocket<TFrames>? Socket { get; set; }

    /// <summary>Nothing connects any more.</summary>
    protected bool HasEnded
    {
        get => _hasEnded;
        set => _hasEnded = value;
    }

    /// <summary>The socket that may send now. Read it with the gate.</summary>
    protected virtual OutboundSocket<TFrames>? Sending => Socket is { IsConnected: true } ? Socket : null;

    /// <summary>Sends what was written, as far as the socket takes it without waiting. A task sends the rest.</summary>
    public void Flush()
    {
        OutboundSocket<TFrames>? sending;
        lock (Gate)
        {
            sending = Sending;
        }

        sending?.Sender.Flush();
    }

    /// <summary>Ends a connection that the changed credentials would not allow, also one that may not send yet.</summary>
    public void Recheck()
    {
        OutboundSocket<TFrames>? present;
        lock (Gate)
        {
            present = Socket;
        }

        if (present is { IsConnected: true, IsStillAccepted: false } refused)
        {
            context.Log.Warning("Closed the raft connection to {0}: its credentials are no longer accepted.", address);
            End(refused, "its credentials are no longer accepted", isByPeer: true);
        }
    }

    /// <summary>Returns the present socket, or begins to connect one. Null while it is not time for that. Call it with the gate.</summary>
    protected OutboundSocket<TFrames>? TryBegin() => Socket ??= _hasEnded || !Pause.IsOver ? null : NewSocket();

    /// <summary>Begins to connect a socket. Call it with the gate.</summary>
    protected OutboundSocket<TFrames> NewSocket()
    {
        var socket = new OutboundSocket<TFrames>(kind, newFrames(), context, Gate, OnLost);

        // On another thread than the caller's, because a name may have to be looked up.
        Machine.Current.Queue(() => _ = RunAsync(socket));
        return socket;
    }

    /// <summary>Takes a socket that has connected. Returns false if it is no longer wanted.</summary>
    protected abstract bool TryTake(OutboundSocket<TFrames> socket);

    /// <summary>Makes the frames that a socket sends before those that were written for it. It may run without the gate.</summary>
    protected virtual ReadOnlyMemory<byte> FirstFrames(byte level) => default;

    /// <summary>Reads until the other side closes the connection.</summary>
    protected abstract Task ReadAsync(OutboundSocket<TFrames> socket);

    /// <summary>Ends a socket, connected or not.</summary>
    /// <param name="isByPeer">The other side is not the expected node, or one side does not accept the other.</param>
    protected abstract void End(OutboundSocket<TFrames> socket, string why, bool isByPeer);

    /// <summary>Lets the present socket take messages. Call it with the gate.</summary>
    protected void Begin()
    {
        Socket!.Begin(); // Justification: the caller has it.
        Pause.Reset();
        Volatile.Write(ref _problem, null);
    }

    protected void LogOpened(string what)
    {
        context.Metrics.OnConnected();
        context.Log.Info($"{what} to {{0}} go by {(context.Credentials is null ? "a" : "an encrypted")} connection.", address);
    }

    /// <summary>Logs a failed attempt. Attempts fail for the same reason again and again, so only the first failure is logged.</summary>
    /// <param name="why">A clause without its period.</param>
    /// <param name="how">What was different in this attempt, after a space, or an empty text.</param>
    /// <param name="remedy">A sentence after a space, or an empty text.</param>
    protected void LogFailed(string why, string how, string remedy, LogLevel level)
    {
        var problem = $"{address.Host}:{address.Port + context.Settings.PortOffset}{how}: {why}";
        if (Interlocked.Exchange(ref _problem, problem) != problem)
        {
            context.Log.Log(level, null, $"Cannot connect to raft on {address}{how}: {why}.{remedy}");
        }
    }

    private async Task RunAsync(OutboundSocket<TFrames> socket)
    {
        try
        {
            await socket.ConnectAsync(address, FirstFrames);
            if (TryTake(socket))
            {
                // The credentials may have changed since the handshake. Nothing that was written may reach a node that is trusted no more.
                Recheck();
                Flush();
                await ReadAsync(socket);
                End(socket, "it has ended", isByPeer: false);
            }
        }
        catch (Exception e)
        {
            OnLost(socket, e);
        }
    }

    private void OnLost(OutboundSocket<TFrames> socket, Exception? cause)
    {
        if (!ConnectionFailure.IsExpected(cause))
        {
            context.Log.Error(cause, "The raft connection to {0} failed", address);
        }

        End(socket, ConnectionFailure.WhyOf(cause), ConnectionFailure.IsByPeer(cause));
    }
}
