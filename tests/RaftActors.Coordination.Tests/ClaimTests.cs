namespace RaftActors.Coordination.Tests;

/// <summary>Claims that are given up before the group has answered.</summary>
public sealed class ClaimTests
{
    [Fact]
    public async Task Claim_whose_question_fails_is_withdrawn()
    {
        var client = new FakeClient();
        await using var calls = new CoordinationCalls(client, TimeProvider.System);
        await using var keeper = NewKeeper(calls, TimeProvider.System);
        var claims = new Claims(calls, keeper);
        var held = await claims.AcquireAsync("billing", 1, waits: true, null, Timeout.InfiniteTimeSpan, CancellationToken.None);
        client.AnswersClaims = """{"$":"of a later version"}"""u8.ToArray();
        await Assert.ThrowsAsync<JsonException>(
            () => claims.AcquireAsync("billing", 1, waits: true, null, Timeout.InfiniteTimeSpan, CancellationToken.None));

        await held!.DisposeAsync();

        var (view, _) = await calls.AskAsync(
            new Question.OfLock("billing", null), CoordinationJson.Default.LockView, null, null, CancellationToken.None);
        Assert.Empty(view.Holders);
    }

    [Fact]
    public async Task Claim_that_a_higher_one_overtook_is_made_again_after_a_pause()
    {
        var clock = new ManualClock();
        var acquires = 0;
        var client = new FakeClient
        {
            Delay = command =>
            {
                acquires += command is Command.Acquire ? 1 : 0;
                return Task.CompletedTask;
            },
        };
        await using var calls = new CoordinationCalls(client, clock);
        await using var keeper = NewKeeper(calls, clock);
        var claims = new Claims(calls, keeper);
        var session = await keeper.GetAsync(CancellationToken.None);
        await calls.AppendAsync("billing", new Command.Release(session.Id, 10), TimeSpan.FromSeconds(1));

        var acquiring = claims.AcquireAsync("billing", 1, waits: true, null, Timeout.InfiniteTimeSpan, CancellationToken.None);

        Assert.Equal(1, acquires);
        clock.Advance(9 * CoordinationCalls.Pause);
        Assert.Equal(10, acquires);
        clock.Advance(CoordinationCalls.Pause);
        Assert.True(acquiring.IsCompletedSuccessfully);
        await (await acquiring)!.DisposeAsync();
    }

    [Fact]
    public async Task Grant_that_comes_after_a_pause_is_no_lock()
    {
        var (clock, arrives) = (new ManualClock(), NewSource());
        var client = new FakeClient { Delay = command => command is Command.Acquire ? arrives.Task : Task.CompletedTask };
        await using var calls = new CoordinationCalls(client, clock);
        await using var keeper = NewKeeper(calls, clock);
        var claims = new Claims(calls, keeper);
        var acquiring = claims.AcquireAsync("billing", 1, waits: false, null, Timeout.InfiniteTimeSpan, CancellationToken.None);

        clock.Pause(TimeSpan.FromHours(1));
        arrives.SetResult();

        // The former session has the lock in the group, which has not ended it yet.
        Assert.Null(await acquiring.WaitAsync(Guard));
    }

    [Fact]
    public async Task Claim_whose_session_was_lost_while_it_waited_ends_as_unavailable()
    {
        var (clock, isSilent, reopens) = (new ManualClock(), false, NewSource());
        var client = new FakeClient
        {
            Delay = command =>
            {
                if (isSilent && command is Command.Open)
                {
                    reopens.TrySetResult();
                }

                return isSilent ? new TaskCompletionSource().Task : Task.CompletedTask;
            },
        };
        await using var calls = new CoordinationCalls(client, clock);
        var keeper = NewKeeper(calls, clock);
        var claims = new Claims(calls, keeper);
        await claims.AcquireAsync("billing", 1, waits: true, null, Timeout.InfiniteTimeSpan, CancellationToken.None);
        var waiting = claims.AcquireAsync("billing", 1, waits: true, null, TimeSpan.FromHours(2), CancellationToken.None);
        isSilent = true;

        clock.Advance(TimeSpan.FromHours(1));
        await reopens.Task.WaitAsync(Guard);
        clock.Advance(TimeSpan.FromHours(1));

        var ended = await Assert.ThrowsAsync<RaftException>(() => waiting.WaitAsync(Guard));
        Assert.Equal(FailureReason.Unavailable, ended.Failure?.Reason);
    }

    [Fact]
    public async Task Item_that_waits_behind_the_claims_of_its_session_ends_in_its_time()
    {
        var clock = new ManualClock();
        var never = new TaskCompletionSource().Task;
        var client = new FakeClient { Delay = command => command is Command.Acquire ? never : Task.CompletedTask };
        await using var calls = new CoordinationCalls(client, clock);
        var keeper = NewKeeper(calls, clock);
        var (claims, items) = (new Claims(calls, keeper), new RaftItems(calls, keeper));
        for (var i = 0; i < 200; i++)
        {
            _ = claims.AcquireAsync($"{i}", 1, waits: true, null, Timeout.InfiniteTimeSpan, CancellationToken.None);
        }

        var putting = items.PutAsync("state", "open", new() { OfSession = true }, TimeSpan.FromSeconds(2));
        clock.Advance(TimeSpan.FromSeconds(2));

        var ended = await Assert.ThrowsAsync<RaftException>(() => putting.WaitAsync(Guard));
        Assert.Equal(FailureReason.TimedOut, ended.Failure?.Reason);
    }

    private static SessionKeeper NewKeeper(CoordinationCalls calls, TimeProvider time)
    {
        var settings = new CoordinationSettings(
            "coordination", ["coordination@a"], "coordination@a", TimeSpan.FromHours(1), TimeSpan.FromMinutes(1), 0.05);
        return new SessionKeeper(calls, settings, "a", time, NoLogger.Instance);
    }

    // A continuation must not run in the middle of the client's call.
    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
