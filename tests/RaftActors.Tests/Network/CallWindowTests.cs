using RaftActors.Network;

namespace RaftActors.Tests.Network;

public sealed class CallWindowTests
{
    private readonly StoppedClock _clock = new();
    private readonly CallWindow _window;

    public CallWindowTests() => _window = new CallWindow(_clock);

    [Fact]
    public async Task Full_window_has_room_again_when_half_of_its_calls_are_taken()
    {
        Add(CallWindow.Max - 1);
        Assert.False(_window.IsFull);
        Add(1);
        Assert.True(_window.IsFull);
        var room = _window.WaitAsync();

        Take((CallWindow.Max / 2) - 1);
        Assert.False(room.IsCompleted);
        Take(1);

        await room;
        Assert.False(_window.IsFull);
    }

    [Fact]
    public async Task Large_calls_fill_the_window_until_all_of_them_are_taken()
    {
        Add(4, CallWindow.SizeMaxBytes / 4);
        Assert.True(_window.IsFull);
        var room = _window.WaitAsync();

        Take(3);
        Assert.False(room.IsCompleted);
        Take(1);

        await room;
        Assert.False(_window.IsFull);
    }

    [Fact]
    public async Task Calls_to_an_engine_that_has_stopped_hold_up_the_connection_for_a_moment()
    {
        Add(CallWindow.Max);
        var room = _window.WaitAsync();
        Assert.False(room.IsCompleted);

        _clock.Fire();

        await room;
        Assert.False(_window.IsFull);
        Take(1);
        Add(CallWindow.Max);
        Assert.True(_window.IsFull);
    }

    [Fact]
    public async Task Window_with_room_makes_nobody_wait()
    {
        Add(CallWindow.Max);
        Take(1);

        await _window.WaitAsync();
    }

    private void Add(int calls, int sizeBytes = 10)
    {
        for (var i = 0; i < calls; i++)
        {
            _window.Add(sizeBytes);
        }
    }

    private void Take(int calls)
    {
        for (var i = 0; i < calls; i++)
        {
            _window.OnTaken();
        }
    }

    // Its timers are due when the test says so.
    private sealed class StoppedClock : TimeProvider
    {
        private Action? _due;

        public void Fire() => _due?.Invoke();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _due = () => callback(state);
            return new NoTimer();
        }
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
