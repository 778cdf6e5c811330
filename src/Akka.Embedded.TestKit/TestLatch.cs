namespace Akka.TestKit;

/// <summary>Blocks waiting threads until it was counted down to zero.</summary>
public class TestLatch
{
    private readonly CountdownEvent _latch;
    private readonly Func<TimeSpan, TimeSpan> _dilate;
    private readonly TimeSpan _defaultTimeout;

    public TestLatch()
        : this(1)
    {
    }

    public TestLatch(int count)
        : this(count, TimeSpan.FromSeconds(5))
    {
    }

    public TestLatch(int count, TimeSpan defaultTimeout)
        : this(duration => duration, defaultTimeout, count)
    {
    }

    protected internal TestLatch(Func<TimeSpan, TimeSpan> dilate, TimeSpan defaultTimeout, int count)
    {
        _dilate = dilate;
        _defaultTimeout = defaultTimeout;
        _latch = new CountdownEvent(count);
    }

    public bool IsOpen => _latch.IsSet;

    public void CountDown() => _latch.Signal();

    /// <summary>Counts down to zero at once.</summary>
    public void Open() => _latch.Signal(_latch.CurrentCount);

    public void Reset() => _latch.Reset();

    /// <exception cref="TimeoutException">The latch was not opened in time.</exception>
    public void Ready() => Ready(_defaultTimeout);

    /// <exception cref="TimeoutException">The latch was not opened in time.</exception>
    public void Ready(TimeSpan timeout)
    {
        if (!_latch.Wait(_dilate(timeout)))
        {
            throw new TimeoutException($"The latch did not open within {_dilate(timeout)}: {_latch.CurrentCount} counts are missing.");
        }
    }
}
