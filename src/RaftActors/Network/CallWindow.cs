using RaftActors.Settings;

namespace RaftActors.Network;

/// <summary>
/// The messages of one client that wait for their engine. The node reads no further while they are too many, so that TCP holds the client
/// back. Otherwise one client could fill the memory of the node with calls faster than engines take them. Thread-safe.
/// </summary>
internal sealed class CallWindow(TimeProvider clock)
{
    /// <summary>The most messages that wait. A client of this library has at most 256 Appends under way, and few other calls.</summary>
    public const int Max = 1024;

    /// <summary>The most bytes of these messages. Each has a copy of its value, so the number alone is no bound.</summary>
    public const int SizeMaxBytes = 4 * 1024 * 1024;

    // An engine that takes nothing must not hold up the calls to other engines for ever.
    private static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private TaskCompletionSource? _room;
    private int _waiting;
    private int _bytes;
    private bool _isOverdue;

    /// <summary>Tells whether the next message must wait for <see cref="WaitAsync"/>. For the thread that adds.</summary>
    public bool IsFull => Volatile.Read(ref _waiting) >= Max || Volatile.Read(ref _bytes) >= SizeMaxBytes;

    /// <summary>
    /// The messages have waited too long, and still wait. The connection is read for other engines, and what is for a slow one is declined.
    /// </summary>
    public bool IsOverdue => Volatile.Read(ref _isOverdue);

    private bool IsHalfFree => _waiting <= Max / 2 && _bytes <= SizeMaxBytes / 2;

    /// <summary>Counts a message on its way to its engine.</summary>
    public void Add(int sizeBytes)
    {
        lock (_lock)
        {
            _waiting++;
            _bytes += sizeBytes;
        }
    }

    /// <summary>Counts a message no more. Call it once for each message that was added.</summary>
    public void OnTaken(int sizeBytes)
    {
        lock (_lock)
        {
            _waiting--;
            _bytes -= sizeBytes;

            // The reader wakes when half of the window is free, so that a client with many calls does not wake it for each of them.
            if (IsHalfFree)
            {
                _isOverdue = false;
                _room?.TrySetResult();
            }
        }
    }

    /// <summary>Waits until half of the window is free, or the messages are overdue.</summary>
    public async Task WaitAsync()
    {
        Task room;
        lock (_lock)
        {
            if (!IsFull)
            {
                return;
            }

            _room = new TaskCompletionSource(Machine.Current.Completion);
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
                _isOverdue = !IsHalfFree;
            }
        }
    }
}
