using RaftActors.Settings;
using RaftActors.Telemetry;

namespace RaftActors.Network;

/// <summary>
/// The sending side of one connection. Any thread writes frames. The thread that finds the connection idle also sends them, without
/// waiting, so a frame costs no change of threads. If the socket is full, a task sends the rest, and later frames wait for it.
/// </summary>
/// <param name="gate">The owner's lock. It guards the frames.</param>
/// <param name="onLost">Called once or more when the connection is lost, without the lock. The cause is null if the socket reported
/// it.</param>
internal sealed class FrameSender(
    Lock gate, ByteChannel channel, Frames frames, TransportMetrics metrics, Action<Exception?> onLost)
{
    // The thread of an engine also sends what others wrote meanwhile, but not for long, because it would miss its ticks.
    private const int MaxRounds = 4;

    private byte[] _spare = [];
    private bool _isSending;
    private int _sendingBytes;
    private bool _isFinishing;
    private volatile bool _hasFinished;

    /// <summary>The size of the buffers that an idle connection keeps.</summary>
    public int KeptBytes => _spare.Length + channel.KeptBytes;

    /// <summary>The bytes that are written and not sent. A batch counts until its end. Out of date if read without the lock.</summary>
    public int WaitingBytes => frames.Length + Volatile.Read(ref _sendingBytes);

    /// <summary>All was sent, and this direction has ended.</summary>
    public bool HasFinished => _hasFinished;

    /// <summary>
    /// Sends the frames, as far as the socket takes them without waiting; a task sends the rest. Call it without the lock.
    /// </summary>
    public void Flush()
    {
        ArraySegment<byte> frames;
        lock (gate)
        {
            if (!TryBegin(out frames))
            {
                return;
            }
        }

        for (var round = 1; TrySendNow(frames, out var rest); round++)
        {
            var isFull = rest.Count > 0;
            if (!isFull && !TryContinue(frames, out frames))
            {
                return;
            }

            if (isFull || round == MaxRounds)
            {
                var (sending, left) = (frames, isFull ? rest : (ArraySegment<byte>?)null);
                Machine.Current.Queue(() => _ = SendAsync(sending, left));
                return;
            }
        }
    }

    /// <summary>Sends what was written, and then ends this direction of the connection. Call it without the lock.</summary>
    public void Finish()
    {
        lock (gate)
        {
            _isFinishing = true;
        }

        Flush();
    }

    private async Task SendAsync(ArraySegment<byte> bytes, ArraySegment<byte>? begun)
    {
        try
        {
            do
            {
                var rest = begun ?? channel.Seal(bytes);
                begun = null;
                while (rest.Count > 0)
                {
                    var sent = await channel.SendAsync(rest).ConfigureAwait(false);
                    metrics.OnSent(sent);
                    rest = rest[sent..];
                }
            }
            while (TryContinue(bytes, out bytes));
        }
        catch (Exception e)
        {
            // A connection whose sending has stopped would keep its messages for ever.
            onLost(e);
        }
    }

    private bool TryBegin(out ArraySegment<byte> bytes)
    {
        bytes = default;
        if (_isSending)
        {
            return false;
        }

        if (frames.Length == 0)
        {
            if (_isFinishing)
            {
                _hasFinished = true;
                channel.Finish();
            }

            return false;
        }

        _isSending = true;
        bytes = frames.Take(_spare);
        _sendingBytes = bytes.Count;
        return true;
    }

    // The buffer of the sent bytes becomes the next one to write to. Returns false if nothing more was written.
    private bool TryContinue(ArraySegment<byte> sent, out ArraySegment<byte> bytes)
    {
        lock (gate)
        {
            _spare = sent.Array!.Length <= frames.KeptSize ? sent.Array : []; // Justification: frames were written to it.
            channel.OnSent(frames.KeptSize);
            _isSending = false;
            _sendingBytes = 0;
            return TryBegin(out bytes);
        }
    }

    // Returns false if the connection has ended. The owner is told.
    private bool TrySendNow(ArraySegment<byte> bytes, out ArraySegment<byte> rest)
    {
        rest = default;
        try
        {
            var all = channel.Seal(bytes);
            if (!channel.TrySendNow(all, out var sent))
            {
                onLost(null);
                return false;
            }

            metrics.OnSent(sent);
            rest = all[sent..];
            return true;
        }
        catch (Exception e)
        {
            // Catches any exception, because one that left this method would stop the engine that sends.
            onLost(e is ObjectDisposedException or IOException ? null : e);
            return false;
        }
    }
}
