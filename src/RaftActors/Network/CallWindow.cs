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

    // A stopped engine takes nothing, so its calls must not hold up the calls to other engines for ever.
    private static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private TaskCompletionSource? _room;
    private int _waiting;
    private int _bytes;

    /// <summary>Tells whether the next message must wait for <see cref="WaitAsync"/>. For the thread that adds.</summary>
    public bool IsFull => Volatile.Read(ref _waiting) >= Max || Volatile.Read(ref _bytes) >= SizeMaxBytes;

    /// <summary>Counts a message on its way to its engine. Call it only if the window is not full.</summary>
    public void Add(int sizeBytes)
    {
        lock (_lock)
        {
            _waiting++;
            _bytes += sizeBytes;
        }
    }

    public void OnTaken()
    {
        lock (_lock)
        {
            _waiting = Math.Max(_waiting - 1, 0);
            _bytes = _waiting == 0 ? 0 : _bytes;

            // The reader wakes when half of the window is free, so that a client with many calls does not wake it for each of them.
            if (_room is not null && _waiting <= Max / 2 && !IsFull)
            {
                _room.TrySetResult();
            }
        }
    }

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
