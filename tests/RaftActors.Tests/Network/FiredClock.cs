namespace RaftActors.Tests.Network;

/// <summary>A clock whose latest timer is due when the test says so.</summary>
internal sealed class FiredClock : TimeProvider
{
    private readonly SemaphoreSlim _begun = new(0);
    private Action? _due;

    public void Fire() => _due?.Invoke();

    /// <summary>Waits for a timer that was begun since the last call.</summary>
    public Task<bool> BegunAsync(TimeSpan guard) => _begun.WaitAsync(guard);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        _due = () => callback(state);
        _begun.Release();
        return new NoTimer();
    }

    private sealed class NoTimer : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
