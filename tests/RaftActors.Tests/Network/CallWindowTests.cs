namespace RaftActors.Tests.Network;

public sealed class CallWindowTests
{
    private readonly FiredClock _clock = new();
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
    public async Task Large_calls_fill_the_window_until_half_of_their_bytes_are_taken()
    {
        const int Size = CallWindow.SizeMaxBytes / 4;
        Add(4, Size);
        Assert.True(_window.IsFull);
        var room = _window.WaitAsync();

        Take(1, Size);
        Assert.False(room.IsCompleted);
        Take(1, Size);

        await room;
        Assert.False(_window.IsFull);
    }

    [Fact]
    public async Task Calls_to_an_engine_that_takes_none_hold_up_the_connection_for_a_moment_and_count_until_they_are_taken()
    {
        Add(CallWindow.Max);
        var room = _window.WaitAsync();
        Assert.False(room.IsCompleted);

        _clock.Fire();

        await room;
        Take((CallWindow.Max / 2) - 1);
        Add((CallWindow.Max / 2) - 1);
        Assert.Equal((true, true), (_window.IsFull, _window.IsOverdue));
        Take(CallWindow.Max / 2);
        Assert.Equal((false, false), (_window.IsFull, _window.IsOverdue));
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

    private void Take(int calls, int sizeBytes = 10)
    {
        for (var i = 0; i < calls; i++)
        {
            _window.OnTaken(sizeBytes);
        }
    }
}
