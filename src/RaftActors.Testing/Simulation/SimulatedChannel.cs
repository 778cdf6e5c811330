using System.Net;
using System.Net.Sockets;

using RaftActors.Network;

namespace RaftActors.Testing.Simulation;

/// <summary>One end of a connection of a <see cref="SimulatedNetwork"/>. Its completions run as turns of its node.</summary>
internal sealed class SimulatedChannel : ByteChannel
{
    private static readonly TimeSpan FirstRepeat = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestRepeat = TimeSpan.FromSeconds(3);

    // As SocketChannel sets them for TCP.
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan SilenceMax = TimeSpan.FromSeconds(30);

    private readonly World _world;
    private readonly SimulatedNetwork _network;
    private readonly int _window;
    private readonly Queue<Part> _underWay = new();
    private readonly Queue<ArraySegment<byte>> _received = new();
    private readonly SentText _text;
    private int _readOfFirst;
    private int _bytesUnderWay;
    private int _unread;
    private bool _otherHasFinished;
    private bool _isDisposed;
    private bool _endsWithoutAnswer;
    private Exception? _error;
    private TimeSpan _lastArrival;
    private TimeSpan _repeat = FirstRepeat;
    private TimeSpan _silence;
    private SimulatedChannel? _other;
    private (TaskCompletionSource<int> Ended, Memory<byte> Into)? _reading;
    private (TaskCompletionSource<int> Ended, ArraySegment<byte> Bytes)? _writing;

    /// <param name="window">The most bytes that are under way to the other end or wait there.</param>
    /// <param name="other">The end that has connected. Null: this one connects.</param>
    public SimulatedChannel(World world, SimulatedNetwork network, NodeLife life, int window, SimulatedChannel? other)
    {
        (_world, _network, Life, _window, _other) = (world, network, life, window, other);
        _text = new SentText(other?._text);
    }

    public NodeLife Life { get; }

    /// <summary>Nothing happens on it any more.</summary>
    public bool HasEnded => Life.IsOver || _error is not null || (_isDisposed && _underWay.Count == 0);

    /// <inheritdoc/>
    public override IPAddress From =>
        _other is { Life.Node.Number: var number } ? new IPAddress([10, 0, 0, (byte)(number + 1)]) : IPAddress.None;

    /// <inheritdoc/>
    public override bool HasBytes => _unread > 0;

    private string Name => Life.Node.Name;

    private int Free => _other is { } other ? Math.Max(0, _window - _bytesUnderWay - other._unread) : 0;

    /// <inheritdoc/>
    public override Task ConnectAsync(string host, int port, CancellationToken cancellation)
    {
        ThrowIfEnded();
        TaskCompletionSource connected = new();
        cancellation.Register(() => connected.TrySetCanceled(cancellation));
        After(_network.Latency(), Try);
        return connected.Task;

        // A lost attempt is repeated.
        void Try()
        {
            if (connected.Task.IsCompleted || Life.IsOver)
            {
                return;
            }

            if (_network.Find(host) is not { } listener || _network.IsCut(Name, host) || _network.IsCut(host, Name))
            {
                After(TimeSpan.FromSeconds(1), Try);
            }
            else if (!listener.IsOpen || listener.Port != port)
            {
                After(_network.Latency(), () => Post(() =>
                    connected.TrySetException(new SocketException((int)SocketError.ConnectionRefused))));
            }
            else
            {
                var accepted = _other = _network.NewChannel(listener.Life, this);
                listener.Life.Post(() => listener.Take(accepted));
                After(_network.Latency(), () => Post(() => connected.TrySetResult()));
            }
        }
    }

    /// <inheritdoc/>
    public override void KeepAlive() => After(ProbeInterval, Probe);

    /// <inheritdoc/>
    public override void EndWithoutAnswer() => _endsWithoutAnswer = true;

    /// <inheritdoc/>
    public override void Begin(bool keepsThread)
    {
    }

    /// <inheritdoc/>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        ThrowIfEnded();
        Send(bytes.ToArray());
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public override ValueTask<int> ReceiveAsync(Memory<byte> bytes, CancellationToken cancellation = default)
    {
        if (_isDisposed || _unread == 0)
        {
            ThrowIfEnded();
        }

        if (_unread > 0 || _otherHasFinished)
        {
            return ValueTask.FromResult(Read(bytes));
        }

        TaskCompletionSource<int> ended = new();
        cancellation.Register(() =>
        {
            if (_reading?.Ended == ended)
            {
                _reading = null;
                ended.TrySetCanceled(cancellation);
            }
        });
        _reading = (ended, bytes);
        return new ValueTask<int>(ended.Task);
    }

    /// <inheritdoc/>
    public override bool TrySendNow(ArraySegment<byte> bytes, out int sent)
    {
        sent = 0;
        if (_error is not null || _isDisposed || Life.IsOver)
        {
            return false;
        }

        sent = Share(Math.Min(Free, bytes.Count));
        Send(bytes[..sent].ToArray());
        return true;
    }

    /// <inheritdoc/>
    public override Task<int> SendAsync(ArraySegment<byte> bytes)
    {
        ThrowIfEnded();
        if (TrySendNow(bytes, out var sent) && sent > 0)
        {
            return Task.FromResult(sent);
        }

        _writing = (new TaskCompletionSource<int>(), bytes);
        return _writing.Value.Ended.Task;
    }

    /// <inheritdoc/>
    public override void Finish() => Enqueue([]);

    /// <inheritdoc/>
    public override void Dispose()
    {
        if (_isDisposed || Life.IsOver)
        {
            return;
        }

        _isDisposed = true;
        FailWaiting(new ObjectDisposedException(nameof(SimulatedChannel)));
        if (_unread > 0)
        {
            Reset();
        }
        else
        {
            Finish();
        }
    }

    /// <summary>The machine tells the other side that this end is gone.</summary>
    public void Reset()
    {
        _underWay.Clear();
        if (_other is { } other)
        {
            After(_network.Latency(), () =>
            {
                if (!_network.IsCut(Name, other.Name))
                {
                    other.Break(SocketError.ConnectionReset);
                }
            });
        }
    }

    private void After(TimeSpan delay, Action run) => _world.After(delay, null, run);

    // As a system call may take or give less than all of them.
    private int Share(int count) => count > 1 && _world.Chance(10) ? _world.Prng.Between(1, count - 1) : count;

    private void Post(Action run)
    {
        if (!Life.IsOver)
        {
            Life.Post(run);
        }
    }

    private void Send(byte[] bytes)
    {
        if (bytes.Length == 0)
        {
            return;
        }

        _world.Trace.Mix(bytes);
        if (_world.Trace.NeedsLines && _other is { } other)
        {
            foreach (var (text, isCall) in _text.Of(other.Name, bytes))
            {
                _world.Trace.Show(_world.Now, $"{Name} -> {other.Name}: {text}", isCall);
            }
        }

        _bytesUnderWay += bytes.Length;
        var cut = Share(bytes.Length);
        Enqueue(new ArraySegment<byte>(bytes, 0, cut));
        if (cut < bytes.Length)
        {
            Enqueue(new ArraySegment<byte>(bytes, cut, bytes.Length - cut));
        }
    }

    /// <param name="bytes">None: the end.</param>
    private void Enqueue(ArraySegment<byte> bytes)
    {
        if (_error is not null || _other is null || Life.IsOver)
        {
            return;
        }

        var arrival = _world.Now + _network.Latency();
        _lastArrival = arrival > _lastArrival ? arrival : _lastArrival;
        _underWay.Enqueue(new Part(bytes, _world.Now, _lastArrival));
        if (_underWay.Count == 1)
        {
            After(_lastArrival - _world.Now, Arrive);
        }
    }

    private void Arrive()
    {
        if (_error is not null || _other is not { } other || !_underWay.TryPeek(out var part))
        {
            return;
        }

        var isLost = _network.IsCut(Name, other.Name) || (other.Life.IsOver && other.Life.Node.Life is null);
        if (isLost || other.Life.IsOver || other._isDisposed || other._error is not null)
        {
            if (!isLost)
            {
                // The answer may be lost, and then the repeated part is answered again.
                other.Reset();
            }

            if (_endsWithoutAnswer && _world.Now - part.SentAt >= AnswerTimeout)
            {
                Break(SocketError.TimedOut);
            }
            else
            {
                Repeat();
            }

            return;
        }

        _repeat = FirstRepeat;

        if (_network.Resets())
        {
            Break(SocketError.ConnectionReset);
            other.Break(SocketError.ConnectionReset);
            return;
        }

        _underWay.Dequeue();
        _bytesUnderWay -= part.Bytes.Count;
        if (_underWay.TryPeek(out var next))
        {
            After(next.ArrivesAt - _world.Now, Arrive);
        }

        if (_endsWithoutAnswer && _network.IsCut(other.Name, Name))
        {
            After(AnswerTimeout, () =>
            {
                if (_network.IsCut(other.Name, Name))
                {
                    Break(SocketError.TimedOut);
                }
            });
        }

        _network.Delivered++;
        _world.Trace.Mix(other.Life.Node.Number, part.Bytes.Count);
        other.Take(part.Bytes);
    }

    // A machine that has lost power sends nothing again.
    private void Repeat()
    {
        if (!Life.IsOver)
        {
            After(_repeat, Arrive);
            _repeat = _repeat * 2 < LongestRepeat ? _repeat * 2 : LongestRepeat;
        }
    }

    private void Take(ArraySegment<byte> bytes)
    {
        if (bytes.Count == 0)
        {
            _otherHasFinished = true;
        }
        else
        {
            _received.Enqueue(bytes);
            _unread += bytes.Count;
        }

        Post(() =>
        {
            if (_reading is var (ended, into) && (_unread > 0 || _otherHasFinished))
            {
                _reading = null;
                ended.SetResult(Read(into));
            }
        });
    }

    private int Read(Memory<byte> into)
    {
        var (count, most) = (0, Share(Math.Min(_unread, into.Length)));
        while (count < most && _received.TryPeek(out var first))
        {
            var part = Math.Min(first.Count - _readOfFirst, most - count);
            first.AsSpan(_readOfFirst, part).CopyTo(into.Span[count..]);
            (count, _readOfFirst) = (count + part, _readOfFirst + part);
            if (_readOfFirst == first.Count)
            {
                _received.Dequeue();
                _readOfFirst = 0;
            }
        }

        _unread -= count;
        _other?.OnRoom();
        return count;
    }

    private void OnRoom()
    {
        if (_writing is not null)
        {
            Post(() =>
            {
                if (_writing is var (ended, bytes) && TrySendNow(bytes, out var sent) && sent > 0)
                {
                    _writing = null;
                    ended.SetResult(sent);
                }
            });
        }
    }

    private void Probe()
    {
        if (HasEnded || _other is not { } other)
        {
            return;
        }

        var isSilent = _network.IsCut(Name, other.Name) || _network.IsCut(other.Name, Name)
            || (other.Life.IsOver && other.Life.Node.Life is null);
        _silence = isSilent ? _silence + ProbeInterval : TimeSpan.Zero;
        if (_silence >= SilenceMax)
        {
            Break(SocketError.TimedOut);
        }
        else if (!isSilent && other.Life.IsOver)
        {
            Break(SocketError.ConnectionReset);
        }
        else
        {
            After(ProbeInterval, Probe);
        }
    }

    private void Break(SocketError why)
    {
        // A disposed end is told too, because it has nothing to send any more.
        if (_error is null && !Life.IsOver)
        {
            _error = new SocketException((int)why);
            _underWay.Clear();
            FailWaiting(_error);
        }
    }

    private void FailWaiting(Exception cause)
    {
        var (reading, writing) = (_reading, _writing);
        (_reading, _writing) = (null, null);
        if (reading is not null || writing is not null)
        {
            Post(() =>
            {
                reading?.Ended.TrySetException(cause);
                writing?.Ended.TrySetException(cause);
            });
        }
    }

    private void ThrowIfEnded()
    {
        ObjectDisposedException.ThrowIf(_isDisposed || Life.IsOver, this);
        if (_error is { } error)
        {
            throw error;
        }
    }

    /// <summary>Some bytes of the stream, or its end.</summary>
    private readonly record struct Part(ArraySegment<byte> Bytes, TimeSpan SentAt, TimeSpan ArrivesAt);
}
