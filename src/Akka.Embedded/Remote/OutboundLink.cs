using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using Akka.Actor;

namespace Akka.Remote;

internal enum WriteOutcome
{
    Written,
    /// <summary>The buffer is full, because the peer or the network is too slow.</summary>
    Full,
    Closed,
}

/// <summary>
/// The sending end of one connection. Any thread appends frames to a buffer, under a lock. One writer at a time replaces the buffer
/// by an empty one and sends its whole content. So a burst of messages is one system call. Heartbeats have a buffer of their own, and
/// wait for at most one block of a large content.
/// </summary>
internal sealed class OutboundLink(Association association, Connection connection, FrameReader reader, RemoteSettings settings)
    : IThreadPoolWorkItem
{
    /// <summary>The limit of bytes that wait for the network. Further messages are dropped, which bounds the memory.</summary>
    internal const int BufferLimitBytes = 64 * 1024 * 1024;
    private const int KeptCapacityBytes = 1024 * 1024;

    /// <summary>A larger content is sent in blocks of whole frames. A larger frame is a block of its own.</summary>
    private const int BlockBytes = 256 * 1024;
    private const int UrgentLimitBytes = 64 * 1024;

    private readonly DeadlineFailureDetector _detector = new(settings.LinkAcceptablePause, settings.LinkHeartbeatInterval);
    private readonly TaskCompletionSource _readerEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private WireWriter _filling = new();
    private WireWriter _leaving = new();
    private WireWriter _urgent = new();
    private WireWriter _urgentLeaving = new();
    private bool _isWriting;
    private bool _isClosed;
    private TaskCompletionSource? _drained;
    private IActorRef? _lastSender;
    private byte[] _lastSenderPath = [];

    /// <param name="isUrgent">The message is a heartbeat. It overtakes other messages.</param>
    public WriteOutcome WriteMessage(
        in SerializedMessage message, RemoteActorRef recipient, IActorRef? sender, Address localAddress, bool isUrgent)
    {
        lock (_gate)
        {
            var (target, limitBytes) = isUrgent ? (_urgent, UrgentLimitBytes) : (_filling, BufferLimitBytes);
            if (_isClosed || target.Length + message.Payload.Length > limitBytes)
            {
                return _isClosed ? WriteOutcome.Closed : WriteOutcome.Full;
            }
            if (!ReferenceEquals(sender, _lastSender))
            {
                // Most successive messages have the same sender, and formatting its path is the most expensive step.
                _lastSender = sender;
                _lastSenderPath = Encoding.UTF8.GetBytes(sender?.Path.ToSerializationFormatWithAddress(localAddress) ?? "");
            }
            var frame = target.BeginFrame(FrameKind.Message);
            target.WriteBlock(recipient.SerializedPath);
            target.WriteBlock(_lastSenderPath);
            target.WriteInt32(message.SerializerId);
            target.WriteText(message.Manifest);
            target.WriteRaw(message.Payload);
            target.EndFrame(frame);
            StartWriting();
            return WriteOutcome.Written;
        }
    }

    public void WriteSystemMessage(SystemMessageOutbox.Entry entry)
    {
        lock (_gate)
        {
            var frame = _filling.BeginFrame(FrameKind.SystemMessage);
            _filling.WriteVarint(entry.Number);
            _filling.WriteRaw(entry.Body);
            _filling.EndFrame(frame);
            StartWriting();
        }
    }

    /// <summary>Sends a heartbeat on an idle link. Closes the link after too long a silence.</summary>
    public void Tick()
    {
        if (!_detector.IsAvailable)
        {
            Close(Silence());
            return;
        }
        lock (_gate)
        {
            if (_urgent.Length < UrgentLimitBytes)
            {
                _urgent.EndFrame(_urgent.BeginFrame(FrameKind.Heartbeat));
                StartWriting();
            }
        }
    }

    /// <summary>Reads the peer's answers until the connection ends.</summary>
    public async Task ReadAsync()
    {
        _detector.HeartBeat();
        Exception? cause = null;
        try
        {
            do
            {
                ReadFrames();
            }
            while (await reader.FillAsync().ConfigureAwait(false));
        }
        catch (Exception failure)
        {
            cause = failure;
        }
        _readerEnded.TrySetResult();
        Close(cause);
        connection.Dispose();
    }

    /// <summary>Sends the buffered messages, closes the sending direction, and waits until the peer has received everything.</summary>
    public async Task FinishAsync(TimeSpan patience)
    {
        var drained = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            _drained = drained;
            StartWriting();
        }
        try
        {
            await drained.Task.WaitAsync(patience).ConfigureAwait(false);
            await connection.FinishSendingAsync().WaitAsync(patience).ConfigureAwait(false);
            // Closing with unread acknowledgements would reset the connection and lose messages. So the peer closes first.
            await _readerEnded.Task.WaitAsync(patience).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is TimeoutException or IOException or SocketException or InvalidOperationException)
        {
            // The peer is too slow or gone, and the remaining messages are lost.
        }
        Close(null);
    }

    /// <summary>Closes the connection. A cause other than null is a failure.</summary>
    public void Close(Exception? cause)
    {
        lock (_gate)
        {
            if (_isClosed)
            {
                return;
            }
            _isClosed = true;
            _drained?.TrySetResult();
        }
        connection.Close();
        association.LinkClosed(this, cause);
    }

    public static Exception Silence() =>
        new TimeoutException("the link is silent: no bytes arrived for the time that akka.remote.transport-failure-detector allows");

    void IThreadPoolWorkItem.Execute() => _ = WriteAsync();

    private void StartWriting()
    {
        if (!_isWriting && !_isClosed)
        {
            _isWriting = true;
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    private async Task WriteAsync()
    {
        try
        {
            while (true)
            {
                _leaving.Clear(KeptCapacityBytes);
                lock (_gate)
                {
                    if (_isClosed || (_filling.Length == 0 && _urgent.Length == 0))
                    {
                        _isWriting = false;
                        _drained?.TrySetResult();
                        return;
                    }
                    (_filling, _leaving) = (_leaving, _filling);
                }
                var rest = _leaving.Written;
                do
                {
                    await SendUrgentAsync().ConfigureAwait(false);
                    var block = FirstBlock(rest);
                    rest = rest[block.Length..];
                    while (!block.IsEmpty)
                    {
                        block = block[await connection.SendAsync(block).ConfigureAwait(false)..];
                    }
                }
                while (!rest.IsEmpty);
            }
        }
        catch (Exception failure)
        {
            Close(failure);
        }
    }

    private ValueTask SendUrgentAsync()
    {
        lock (_gate)
        {
            if (_urgent.Length == 0)
            {
                return ValueTask.CompletedTask;
            }
            (_urgent, _urgentLeaving) = (_urgentLeaving, _urgent);
        }
        return SendUrgentLeavingAsync();
    }

    private async ValueTask SendUrgentLeavingAsync()
    {
        for (var rest = _urgentLeaving.Written; !rest.IsEmpty;)
        {
            rest = rest[await connection.SendAsync(rest).ConfigureAwait(false)..];
        }
        _urgentLeaving.Clear();
    }

    private static ReadOnlyMemory<byte> FirstBlock(ReadOnlyMemory<byte> content)
    {
        if (content.Length <= BlockBytes)
        {
            return content;
        }
        var length = 0;
        do
        {
            length += sizeof(int) + BinaryPrimitives.ReadInt32LittleEndian(content.Span[length..]);
        }
        while (length < BlockBytes && length < content.Length);
        return content[..length];
    }

    private void ReadFrames()
    {
        while (reader.TryRead(out var kind, out var body))
        {
            _detector.HeartBeat();
            switch (kind)
            {
                case FrameKind.Acknowledgement:
                    association.Acknowledged(this, new WireReader(body).ReadVarint());
                    break;
                case FrameKind.Heartbeat:
                    break;
                default:
                    throw new WireException($"the acceptor sent an unexpected frame of kind {kind}");
            }
        }
    }
}
