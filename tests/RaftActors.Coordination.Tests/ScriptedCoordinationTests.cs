using Akka.TestKit.Xunit2;

using RaftActors.Testing;

namespace RaftActors.Coordination.Tests;

/// <summary>Code that uses locks, items and leases, tested without nodes.</summary>
public sealed class ScriptedCoordinationTests : TestKit
{
    private readonly ManualClock _time = new();
    private readonly ScriptedCoordination _group;
    private readonly RaftCoordination _mine;
    private readonly RaftCoordination _other;

    public ScriptedCoordinationTests()
        : base("akka.loglevel = ERROR")
    {
        _group = new ScriptedCoordination(_time);
        (_mine, _other) = (_group.NewProgram("mine"), _group.NewProgram("other"));
    }

    [Fact]
    public async Task Lock_goes_to_one_program_at_a_time_with_a_higher_token()
    {
        var mine = await _mine.LockAsync("billing");
        Assert.Null(await _other.TryLockAsync("billing"));
        var waiting = _other.LockAsync("billing");
        Assert.False(waiting.IsCompleted);

        await mine.DisposeAsync();

        var others = await waiting.WaitAsync(Guard);
        Assert.True(others.IsHeld);
        Assert.InRange(others.Token, mine.Token + 1, long.MaxValue);
    }

    [Fact]
    public async Task Program_whose_session_ends_loses_its_locks_before_another_one_gets_them()
    {
        var mine = await _mine.LockAsync("billing");
        var waiting = _other.LockAsync("billing");
        var wasHeldAtLoss = true;
        using var lost = mine.Lost.Register(() => wasHeldAtLoss = mine.IsHeld);

        _group.EndSession(_mine);

        await waiting.WaitAsync(Guard);
        Assert.False(mine.IsHeld);
        _time.Advance(TimeSpan.Zero);
        await AssertAsync(() => mine.Lost.IsCancellationRequested);
        Assert.False(wasHeldAtLoss);
        Assert.NotNull(await _mine.LockAsync("another"));
    }

    [Fact]
    public async Task Program_that_does_not_reach_the_group_loses_its_locks_after_the_timeout_of_its_session()
    {
        var mine = await _mine.LockAsync("billing");

        _group.IsReachable = false;
        _time.Advance(TimeSpan.FromSeconds(2.5));
        Assert.True(mine.IsHeld);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(mine.IsHeld);
        _group.IsReachable = true;

        Assert.NotNull(await _other.TryLockAsync("billing"));
    }

    [Fact]
    public async Task Item_with_a_lifetime_goes_and_watchers_see_each_change_once()
    {
        List<RaftItemChange> seen = [];
        using CancellationTokenSource ending = new();
        var watching = WatchAsync();

        var version = await _mine.Items.PutAsync("config/a", "1");
        var refused = await Assert.ThrowsAsync<RaftException>(
            () => _other.Items.PutAsync("config/a", "2", new() { ExpectedVersion = version + 1 }));
        Assert.Equal((FailureKind.NotDone, FailureReason.Outdated), (refused.Failure?.Kind, refused.Failure?.Reason));
        await _other.Items.PutAsync("config/a", "3", new() { ExpectedVersion = version, Lifetime = TimeSpan.FromMinutes(1) });
        await AssertAsync(() => seen.Count == 3);
        _time.Advance(TimeSpan.FromMinutes(2));
        await AssertAsync(() => seen.Count == 4);

        await ending.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => watching);
        Assert.Equal(["0 items", "1 config/a", "3 config/a", "no config/a"], seen.Select(change => $"{change}"));
        Assert.Null(await _mine.Items.GetAsync("config/a"));

        async Task WatchAsync()
        {
            await foreach (var change in _other.Items.WatchAsync("config/", cancellationToken: ending.Token))
            {
                seen.Add(change);
            }
        }
    }

    [Fact]
    public async Task Lock_that_is_taken_away_is_lost_before_another_program_gets_it_and_the_other_locks_stay()
    {
        var (stuck, fine) = (await _mine.LockAsync("billing"), await _mine.LockAsync("mail"));
        var waiting = _other.LockAsync("billing");
        var wasTakenAtLoss = true;
        using var lost = stuck.Lost.Register(() => wasTakenAtLoss = stuck.IsHeld || waiting.IsCompleted);

        Assert.True(await _other.BreakAsync(stuck.Name, (await _other.DescribeAsync(stuck.Name)).Locks[0].Holders[0]));
        Assert.True(stuck.IsHeld);
        _time.Advance(TimeSpan.FromSeconds(0.5));

        // A callback may have sent a message only, so its program has 0.3 s to stop.
        Assert.True(stuck.Lost.IsCancellationRequested);
        Assert.False(stuck.IsHeld);
        _time.Advance(TimeSpan.FromSeconds(0.29));
        Assert.Equal([stuck.Token], await HoldersAsync("billing"));
        _time.Advance(TimeSpan.FromSeconds(0.01));

        Assert.True((await waiting.WaitAsync(Guard)).IsHeld);
        Assert.False(wasTakenAtLoss);
        Assert.True(fine.IsHeld);
        Assert.False(fine.Lost.IsCancellationRequested);
        Assert.NotNull(await _mine.LockAsync("another"));
    }

    [Fact]
    public async Task Lock_that_is_taken_away_from_a_program_that_does_not_answer_goes_on_when_its_session_has_expired()
    {
        var stuck = await _mine.LockAsync("billing");
        Assert.True(await _other.BreakAsync(stuck.Name, (await _other.DescribeAsync(stuck.Name)).Locks[0].Holders[0]));
        _group.IsReachable = false;

        _time.Advance(TimeSpan.FromSeconds(2.5));
        _group.IsReachable = true;
        Assert.Null(await _other.TryLockAsync("billing"));
        Assert.True(stuck.IsHeld);
        _time.Advance(TimeSpan.FromSeconds(1));

        await AssertAsync(() => !stuck.IsHeld);
    }

    [Fact]
    public async Task Item_may_live_for_longer_than_a_timer_of_the_system_takes()
    {
        var live = new ScriptedCoordination().NewProgram("live");
        await live.Items.PutAsync("year", "1", new() { Lifetime = TimeSpan.FromDays(365) });
        Assert.NotNull(await live.Items.GetAsync("year"));

        await _mine.Items.PutAsync("month", "1", new() { Lifetime = TimeSpan.FromDays(60) });
        _time.Advance(TimeSpan.FromDays(59));
        Assert.NotNull(await _mine.Items.GetAsync("month"));
        _time.Advance(TimeSpan.FromDays(1));
        Assert.Null(await _mine.Items.GetAsync("month"));
    }

    [Fact]
    public async Task Disposed_program_releases_its_lock_and_the_others_go_on()
    {
        ScriptedCoordination group = new();
        var (first, second) = (group.NewProgram("first"), group.NewProgram("second"));
        var held = await first.LockAsync("billing");

        await first.DisposeAsync();

        Assert.False(held.IsHeld);
        Assert.NotNull(await second.TryLockAsync("billing"));
        Assert.Null(await group.NewProgram("third").TryLockAsync("billing"));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => first.LockAsync("billing"));
    }

    [Fact]
    public async Task Session_that_an_operator_has_ended_loses_its_lock_and_is_gone()
    {
        ScriptedCoordination group = new();
        var (holder, other) = (group.NewProgram("holder"), group.NewProgram("other"));
        await holder.LockAsync("billing");
        var session = Assert.Single((await other.DescribeAsync()).Sessions);

        Assert.True(await other.EndSessionAsync(session.Id));

        await other.LockAsync("billing").WaitAsync(Guard);
        Assert.False(await other.EndSessionAsync(session.Id));
    }

    [Fact]
    public async Task Actor_system_has_the_scripted_coordination_and_its_leases()
    {
        var program = _group.AddTo(Sys);

        Assert.Same(program, RaftCoordination.Get(Sys));
        var lease = Akka.Coordination.LeaseProvider.Get(Sys).GetLease("shop", "akka.coordination.lease.raft", "node1");
        Assert.True(await lease.Acquire());
        Assert.Null(await _other.TryLockAsync("akka-lease/shop"));
    }

    [Fact]
    public async Task Lease_that_is_released_while_it_is_acquired_is_free_afterwards()
    {
        _group.AddTo(Sys);
        var lease = Akka.Coordination.LeaseProvider.Get(Sys).GetLease("shard-7", "akka.coordination.lease.raft", "node1");
        _group.IsReachable = false;

        // A shard that stops releases its lease, although it may wait for the lease still.
        var acquiring = lease.Acquire();
        var releasing = lease.Release();
        _group.IsReachable = true;
        _time.Advance(TimeSpan.FromSeconds(1));

        await acquiring.WaitAsync(Guard);
        Assert.True(await releasing.WaitAsync(Guard));
        Assert.False(lease.CheckLease());
        Assert.NotNull(await _other.TryLockAsync("akka-lease/shard-7"));
    }

    [Fact]
    public async Task Lock_that_others_hold_until_the_timeout_is_busy_and_its_claim_is_withdrawn()
    {
        var mine = await _mine.LockAsync("billing");
        var waiting = _other.LockAsync("billing", timeout: TimeSpan.FromSeconds(2));
        _time.Advance(TimeSpan.FromSeconds(1.9));
        Assert.False(waiting.IsCompleted);

        _time.Advance(TimeSpan.FromSeconds(0.1));

        var busy = await FailureOfAsync(waiting);
        Assert.Equal((FailureKind.NotDone, FailureReason.Busy), (busy.Kind, busy.Reason));
        await mine.DisposeAsync();
        Assert.True((await _mine.LockAsync("billing").WaitAsync(Guard)).IsHeld);
    }

    [Fact]
    public async Task Lock_without_a_timeout_waits_and_one_that_does_not_wait_for_the_holder_ends_when_the_group_is_silent()
    {
        _group.IsReachable = false;
        var (endless, limited) = (_mine.LockAsync("billing"), _mine.LockAsync("billing", timeout: TimeSpan.FromSeconds(2)));
        var tried = _other.TryLockAsync("mail");
        _time.Advance(TimeSpan.FromSeconds(2));
        var silent = await FailureOfAsync(limited);
        Assert.Equal((FailureKind.NotDone, FailureReason.Unavailable), (silent.Kind, silent.Reason));
        Assert.False(tried.IsCompleted);

        _time.Advance(TimeSpan.FromSeconds(3));

        Assert.Equal(FailureReason.Unavailable, (await FailureOfAsync(tried)).Reason);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.False(endless.IsCompleted);
        _group.IsReachable = true;
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True((await endless.WaitAsync(Guard)).IsHeld);
    }

    [Theory]
    [InlineData(null, 5)]
    [InlineData(2, 2)]
    public async Task Calls_of_a_silent_group_end_after_their_timeout(int? timeout, int expected)
    {
        var limit = timeout is { } seconds ? TimeSpan.FromSeconds(seconds) : (TimeSpan?)null;
        var mine = await _mine.LockAsync("billing");
        var holder = (await _mine.DescribeAsync("billing")).Locks[0].Holders[0];
        _group.IsReachable = false;
        Task[] unknown =
        [
            _mine.Items.PutAsync("a", "1", timeout: limit),
            _mine.Items.AddAsync("a", timeout: limit),
            _mine.Items.DeleteAsync("a", timeout: limit),
            _mine.BreakAsync("billing", holder, limit),
        ];
        Task[] unavailable =
        [
            _other.Items.PutAsync("a", "1", new() { OfSession = true }, limit),
            _mine.ObserveAsync("billing", limit).GetAsyncEnumerator().MoveNextAsync().AsTask(),
            _mine.Items.WatchAsync("", limit).GetAsyncEnumerator().MoveNextAsync().AsTask(),
        ];
        _time.Advance(TimeSpan.FromSeconds(expected - 0.2));
        Assert.DoesNotContain(unknown.Concat(unavailable), call => call.IsCompleted);

        _time.Advance(TimeSpan.FromSeconds(0.3));

        foreach (var call in unknown)
        {
            Assert.Equal(FailureReason.TimedOut, (await FailureOfAsync(call)).Reason);
        }

        foreach (var call in unavailable)
        {
            Assert.Equal(FailureReason.Unavailable, (await FailureOfAsync(call)).Reason);
        }
    }

    [Fact]
    public async Task Stream_goes_on_through_a_failure_after_its_first_answer()
    {
        await using var holders = _other.ObserveAsync("billing").GetAsyncEnumerator();
        Assert.True(await holders.MoveNextAsync());
        _group.IsReachable = false;
        var next = holders.MoveNextAsync().AsTask();
        var endless = _other.ObserveAsync("billing", Timeout.InfiniteTimeSpan).GetAsyncEnumerator().MoveNextAsync().AsTask();
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.False(next.IsCompleted || endless.IsCompleted);

        _group.IsReachable = true;
        _time.Advance(TimeSpan.FromSeconds(1));
        await using var held = await _mine.LockAsync("billing");

        Assert.True(await endless.WaitAsync(Guard));
        Assert.True(await next.WaitAsync(Guard));
        Assert.Equal(held.Token, Assert.Single(holders.Current).Token);
    }

    [Fact]
    public void Actor_system_that_has_a_coordination_is_refused()
    {
        _group.AddTo(Sys);

        var refused = Assert.Throws<InvalidOperationException>(() => _group.AddTo(Sys));

        Assert.Contains("has a coordination already", refused.Message);
    }

    private async Task<IEnumerable<long>> HoldersAsync(string name)
    {
        await foreach (var holders in _other.ObserveAsync(name))
        {
            return holders.Select(each => each.Token);
        }

        return [];
    }

    private static async Task<RaftFailure> FailureOfAsync(Task call) =>
        (await Assert.ThrowsAsync<RaftException>(() => call.WaitAsync(Guard))).Failure!; // Justification: each failed call has one.

    // The default pause between two looks is a tenth of the longest wait.
    private Task AssertAsync(Func<bool> condition) =>
        AwaitConditionAsync(() => Task.FromResult(condition()), Guard, TimeSpan.FromMilliseconds(10));
}
