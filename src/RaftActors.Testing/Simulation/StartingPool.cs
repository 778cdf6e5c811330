namespace RaftActors.Testing.Simulation;

/// <summary>
/// The turns of an actor system while Akka.NET starts or ends it and waits for its own actors: they run on the thread pool. Thread-safe.
/// </summary>
internal sealed class StartingPool
{
    private int _running;
    private volatile bool _isInUse = true;

    /// <summary>The system starts or ends. True at first.</summary>
    public bool IsInUse
    {
        get => _isInUse;
        set => _isInUse = value;
    }

    /// <summary>Runs a turn. False: the system runs, and the turn is not run.</summary>
    public bool TryPost(Action run)
    {
        if (!_isInUse)
        {
            return false;
        }

        Interlocked.Increment(ref _running);
        ThreadPool.UnsafeQueueUserWorkItem(
            _ =>
            {
                run();
                Interlocked.Decrement(ref _running);
            },
            null);
        return true;
    }

    /// <summary>Waits until all turns have run.</summary>
    public void Wait() => SpinWait.SpinUntil(() => Volatile.Read(ref _running) == 0);
}
