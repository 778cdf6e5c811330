namespace RaftActors.Network;

/// <summary>
/// The messages of one client that wait for their engine. The node reads no further while they are too many, so that TCP holds the client
/// back. Otherwise one client could fill the memory of the node with calls faster than engines take them. Thread-safe.
/// </summary>
internal sealed class CallWindow(TimeProvider clock)
{
    /// <summary>The most messages that wait. A client of this library has at most 256 Appends under way, and few other calls.</summary>
    public const int Max = 1024;

    /// <summary>Bytes of messages that may come until none waits. Each has a copy of its value, so the number alone is no bound.</summary>
    public const int SizeMaxBytes = 4 * 1024 * 1024;

    // An engine that has stopped takes nothing, and must not hold up the calls to others for ever.
    private static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private TaskCompletionSource? _room;
    private int _waiting;
    private int _bytes;

    /// <summary>Whether the next message must wait for <see cref="WaitAsync"/>. For the thread that adds.</summary>
    public bool IsFull => Volatile.Read(ref _waiting) >= Max || Volatile.Read(ref _bytes) >= SizeMaxBytes;

    /// <summary>A message is on its way to its engine. There was room.</summary>
    public void Add(int sizeBytes)
    {
        lock (_lock)
        {
            _waiting++;
            _bytes += sizeBytes;
        }
    }

    /// <summary>An engine has taken a message.</summary>
    public void OnTaken()
    {
        lock (_lock)
        {
            _waiting = Math.Max(_waiting - 1, 0);
            _bytes = _waiting == 0 ? 0 : _bytes;

            // At the half, so that a client with many calls does not wake its reader for each of them.
            if (_room is not null && _waiting <= Max / 2 && !IsFull)
            {
                _room.TrySetResult();
            }
        }
    }

    /// <summary>Waits until there is room.</summary>
    public async Task WaitAsync()
    {
        Task room;
        lock (_lock)
        {
            if (!IsFull)
            {
                return;
            }

            _room = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            room = _room.Task;
        }

        try
        {
            await room.WaitAsync(WaitMax, clock).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            lock (_lock)
            {
                (_waiting, _bytes) = (0, 0);
            }
        }
    }
}
