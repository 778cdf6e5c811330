namespace RaftActors.Benchmarks.Store;

/// <summary>Passes the writers with durable writes from the store's thread to the writing thread. Allocates nothing.</summary>
internal sealed class Persisted(int writers)
{
    private readonly object _gate = new();
    private BenchWriter[] _told = new BenchWriter[writers];
    private BenchWriter[] _taken = new BenchWriter[writers];
    private int _count;
    private bool _isWaiting;

    public void Add(BenchWriter writer)
    {
        lock (_gate)
        {
            _told[_count++] = writer;
            if (_isWaiting)
            {
                Monitor.Pulse(_gate);
            }
        }
    }

    /// <summary>Waits for at least one writer. The result is valid until the next call.</summary>
    public ReadOnlySpan<BenchWriter> Take()
    {
        lock (_gate)
        {
            while (_count == 0)
            {
                _isWaiting = true;
                Monitor.Wait(_gate);
                _isWaiting = false;
            }

            (_told, _taken, var count) = (_taken, _told, _count);
            _count = 0;
            return _taken.AsSpan(0, count);
        }
    }
}
