using RaftActors.Coordination;
using RaftActors.Simulator.Actors.Coordination;

namespace RaftActors.Simulator.Tests.Checking;

/// <summary>Histories of the coordination, and which of them its simulation rejects.</summary>
public sealed class CoordinationCheckTests : IDisposable
{
    private readonly LockLedger _locks = new();
    private readonly MadeLocks _made = new();

    public void Dispose() => _made.Dispose();

    [Fact]
    public void Lock_that_one_holder_follows_another_is_accepted()
    {
        var first = Lock(1);
        _locks.OnAcquired(first, permits: 1);
        _locks.OnEnded(first);
        _locks.OnAcquired(Lock(2), permits: 1);

        Assert.True(_locks.AreExclusive(_ => true));
        Assert.Null(_locks.Broken);
    }

    [Fact]
    public void Overlap_of_two_holders_is_rejected()
    {
        _locks.OnAcquired(Lock(1), permits: 1);
        _locks.OnAcquired(Lock(2), permits: 1);

        Assert.False(_locks.AreExclusive(_ => true));
    }

    [Theory]
    [InlineData(2, true)]
    [InlineData(3, false)]
    public void Lock_has_as_many_holders_as_permits(int holders, bool expected)
    {
        for (var holder = 0; holder < holders; holder++)
        {
            _locks.OnAcquired(Lock(1), permits: 2);
        }

        Assert.Equal(expected, _locks.AreExclusive(_ => true));
    }

    [Theory]
    [InlineData(5, 5, "two claims to l have the token 5")]
    [InlineData(5, 4, "l was granted with the token 4 after 5")]
    public void Token_that_does_not_rise_is_rejected(long first, long second, string expected)
    {
        var before = Lock(first);
        _locks.OnAcquired(before, permits: 1);
        _locks.OnEnded(before);
        _locks.OnAcquired(Lock(second), permits: 1);

        Assert.Equal(expected, _locks.Broken);
        Assert.False(_locks.AreExclusive(_ => true));
    }

    [Fact]
    public void Holder_that_is_refused_by_its_register_is_rejected()
    {
        var (older, newer) = (Lock(1), Lock(2));
        Assert.NotNull(_locks.Begin(newer));
        Assert.Null(_locks.Begin(older));

        Assert.Equal("the holder of l with the token 1 was refused: its token is too old", _locks.Broken);
    }

    [Fact]
    public void Former_holder_that_is_refused_by_its_register_is_no_fault()
    {
        var (older, newer) = (Lock(1), Lock(2));
        Assert.NotNull(_locks.Begin(newer));
        _made.Lose();

        Assert.Null(_locks.Begin(older));
        Assert.False(_locks.TryWrite(older, 1));
        Assert.Null(_locks.Broken);
    }

    [Fact]
    public async Task Item_that_is_read_as_it_was_before_an_answered_write_is_rejected()
    {
        ItemCalls calls = new();
        await calls.DoAsync(1, new ItemCall.Put("i", "1", null), () => Task.FromResult(new ItemAnswer(true)));
        await calls.DoAsync(1, new ItemCall.Put("i", "2", "1"), () => Task.FromResult(new ItemAnswer(true)));
        calls.Check();

        await calls.DoAsync(2, new ItemCall.Get("i"), () => Task.FromResult(new ItemAnswer(true, "1")));

        Assert.Throws<InvalidDataException>(calls.Check);
    }

    [Fact]
    public async Task Conditional_write_that_two_callers_won_is_rejected()
    {
        ItemCalls calls = new();
        await calls.DoAsync(1, new ItemCall.Put("i", "1", ItemCall.None), () => Task.FromResult(new ItemAnswer(true)));
        await calls.DoAsync(2, new ItemCall.Put("i", "2", ItemCall.None), () => Task.FromResult(new ItemAnswer(true)));

        Assert.Throws<InvalidDataException>(calls.Check);
    }

    [Theory]
    [InlineData(true, "1", true)]
    [InlineData(true, null, false)]
    [InlineData(false, null, true)]
    [InlineData(false, "1", false)]
    public async Task Transaction_that_was_made_by_half_or_against_its_expectation_is_rejected(bool isDone, string? second, bool expected)
    {
        ItemCalls calls = new();
        ItemCall.Transaction transaction = new(
        [
            new(ItemCall.FirstItem, isDone ? ItemCall.None : "2", 0, IsChange: true, "1"),
            new(ItemCall.SecondItem, null, 0, IsChange: true, "1"),
        ]);
        await calls.DoAsync(1, transaction, () => Task.FromResult(new ItemAnswer(isDone)));
        await calls.DoAsync(2, new ItemCall.Get(ItemCall.FirstItem), () => Task.FromResult(new ItemAnswer(isDone, isDone ? "1" : null)));
        await calls.DoAsync(2, new ItemCall.Get(ItemCall.SecondItem), () => Task.FromResult(new ItemAnswer(second is not null, second)));

        Assert.Equal(!expected, Record.Exception(calls.Check) is InvalidDataException);
    }

    [Fact]
    public void Version_that_was_seen_with_two_values_is_rejected()
    {
        ItemCalls calls = new();
        calls.OnSeen("i", 1, "a");
        calls.OnSeen("i", 1, "a");

        Assert.Throws<InvalidDataException>(() => calls.OnSeen("i", 1, "b"));
    }

    private RaftLock Lock(long token) => _made.Make("l", token);
}
