using System.Runtime.CompilerServices;

namespace RaftActors.Coordination.Tests;

/// <summary>The session of a program, over a client in memory.</summary>
public sealed class SessionTests
{
    private const double Drift = 0.05;

    [Fact]
    public async Task Keeper_that_is_disposed_closes_its_session()
    {
        var commands = new List<Command>();
        var client = new FakeClient { Delay = command => Note(commands, command) };
        await using var calls = new CoordinationCalls(client, TimeProvider.System);
        var keeper = NewKeeper(calls);
        var session = await keeper.GetAsync(CancellationToken.None).WaitAsync(Guard);

        await keeper.DisposeAsync();

        Assert.False(session.IsAlive);
        Assert.Equal(new Command.Close(session.Id), commands[^1]);
    }

    [Fact]
    public async Task Holder_is_told_of_the_loss_before_the_program_closes_its_session()
    {
        var (clock, order) = (new ManualClock(), new List<string>());
        await using var calls = new CoordinationCalls(NewClient(order), clock);
        var keeper = NewKeeper(calls, clock, Drift);
        await HoldAsync(calls, keeper, () => order.Add("lost"));

        var ending = keeper.DisposeAsync().AsTask();
        Assert.Empty(order);
        clock.Advance(TimeSpan.Zero);

        await ending.WaitAsync(Guard);
        Assert.Equal(["lost", "close"], order);
    }

    [Fact]
    public async Task Callback_that_blocks_delays_the_close_of_the_session_no_longer_than_an_expiry()
    {
        using var unblock = new ManualResetEventSlim();
        var (clock, order, isBlocking) = (new ManualClock(), new List<string>(), NewSource<bool>());
        await using var calls = new CoordinationCalls(NewClient(order), clock);
        var keeper = NewKeeper(calls, clock, Drift);
        await HoldAsync(calls, keeper, () =>
        {
            isBlocking.SetResult(true);
            unblock.Wait(Guard);
        });

        var ending = keeper.DisposeAsync().AsTask();
        var telling = Task.Run(() => clock.Advance(TimeSpan.Zero));
        await isBlocking.Task.WaitAsync(Guard);
        clock.Advance(TimeSpan.FromSeconds(0.49));
        Assert.Empty(order);
        clock.Advance(TimeSpan.FromSeconds(0.01));

        await ending.WaitAsync(Guard);
        Assert.Equal(["close"], order);
        unblock.Set();
        await telling.WaitAsync(Guard);
    }

    [Fact]
    public async Task Session_that_an_operator_has_ended_is_closed_after_its_grace_although_the_program_shuts_down()
    {
        var (clock, order) = (new ManualClock(), new List<string>());
        var client = NewClient(order);
        await using var calls = new CoordinationCalls(client, clock);
        var keeper = NewKeeper(calls, clock, Drift);
        await HoldAsync(calls, keeper, () => order.Add("lost"));
        await client.AppendAsync("a", new Command.End(keeper.Current!.Id), null, null, null, CancellationToken.None);
        clock.Advance(TimeSpan.FromSeconds(1));

        var ending = keeper.DisposeAsync().AsTask();
        clock.Advance(TimeSpan.FromSeconds(0.49));
        Assert.Equal(["lost"], order);
        Assert.False(ending.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(0.01));

        await ending.WaitAsync(Guard);
        Assert.Equal(["lost", "close"], order);
    }

    [Fact]
    public async Task Second_disposal_of_a_keeper_waits_until_the_first_has_closed_the_session()
    {
        var closing = NewSource<bool>();
        var client = new FakeClient { Delay = command => command is Command.Close ? closing.Task : Task.CompletedTask };
        await using var calls = new CoordinationCalls(client, TimeProvider.System);
        var keeper = NewKeeper(calls);
        await keeper.GetAsync(CancellationToken.None).WaitAsync(Guard);

        var (first, second) = (keeper.DisposeAsync().AsTask(), keeper.DisposeAsync().AsTask());

        Assert.False(first.IsCompleted);
        Assert.False(second.IsCompleted);
        closing.SetResult(true);
        await Task.WhenAll(first, second).WaitAsync(Guard);
    }

    [Fact]
    public async Task Second_disposal_of_a_lock_waits_until_the_first_has_released_it()
    {
        var releasing = NewSource<bool>();
        using var session = new Session(1, TimeProvider.System.GetTimestamp(), TimeSpan.FromHours(1), TimeProvider.System);
        var held = new RaftLock("billing", 2, session, 1, () => new ValueTask(releasing.Task), _ => { });

        var (first, second) = (held.DisposeAsync().AsTask(), held.DisposeAsync().AsTask());

        Assert.False(first.IsCompleted);
        Assert.False(second.IsCompleted);
        releasing.SetResult(true);
        await Task.WhenAll(first, second).WaitAsync(Guard);
    }

    [Fact]
    public async Task Renewal_counts_from_the_moment_before_it_was_sent()
    {
        var clock = new ManualClock();
        var client = new FakeClient
        {
            Delay = command => command is Command.Renew ? Task.Delay(TimeSpan.FromMilliseconds(900), clock) : Task.CompletedTask,
        };
        await using var calls = new CoordinationCalls(client, clock);
        var settings = new CoordinationSettings(
            "coordination", ["coordination@a"], "coordination@a", TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(1), 0);
        var keeper = new SessionKeeper(calls, settings, "a", clock, NoLogger.Instance);
        var session = await keeper.GetAsync(CancellationToken.None);

        // Sent after one second, and answered 900 ms later.
        clock.Advance(TimeSpan.FromMilliseconds(1900));

        Assert.Equal(TimeSpan.FromMilliseconds(9100), session.Left);
    }

    [Fact]
    public async Task Callers_that_give_up_share_one_session()
    {
        var opens = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var commands = new List<Command>();
        var client = new FakeClient
        {
            Delay = command =>
            {
                Note(commands, command);
                return command is Command.Open ? opens.Task : Task.CompletedTask;
            },
        };
        await using var calls = new CoordinationCalls(client, TimeProvider.System);
        await using var keeper = NewKeeper(calls);
        for (var i = 0; i < 3; i++)
        {
            using var limit = new CancellationTokenSource();
            var getting = keeper.GetAsync(limit.Token);
            await limit.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => getting.WaitAsync(Guard));
        }

        opens.SetResult();

        Assert.True((await keeper.GetAsync(CancellationToken.None).WaitAsync(Guard)).IsAlive);
        Assert.Single(commands, command => command is Command.Open);
    }

    [Fact]
    public async Task Write_in_a_session_that_the_group_has_ended_is_made_in_the_next_session()
    {
        await using var calls = new CoordinationCalls(new FakeClient(), TimeProvider.System);
        await using var keeper = NewKeeper(calls);
        RaftItems items = new(calls, keeper);
        var session = await keeper.GetAsync(CancellationToken.None);
        await calls.AppendAsync("a", new Command.Close(session.Id), Guard);

        await items.PutAsync("i", "1", new() { OfSession = true }).WaitAsync(Guard);

        Assert.False(session.IsAlive);
        Assert.Equal("1", (await items.GetAsync("i"))?.Value);
    }

    [Fact]
    public async Task Session_of_a_group_that_was_founded_late_is_renewed_before_anything_is_held_in_it()
    {
        var clock = new ManualClock();
        var client = new FakeClient
        {
            Delay = command => Task.Delay(command is Command.Open ? TimeSpan.FromSeconds(9.9) : TimeSpan.FromSeconds(0.2), clock),
        };
        await using var calls = new CoordinationCalls(client, clock);
        var keeper = NewKeeper(calls, clock);
        var getting = keeper.GetAsync(CancellationToken.None);

        clock.Advance(TimeSpan.FromSeconds(10));
        Assert.False(getting.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(0.1));

        var session = await getting.WaitAsync(Guard);
        Assert.Equal(TimeSpan.FromSeconds(9.8), session.Left);
        clock.Advance(TimeSpan.FromSeconds(20));
        Assert.True(session.IsAlive);
    }

    [Fact]
    public async Task Burst_of_writes_and_claims_delays_no_renewal()
    {
        var clock = new ManualClock();
        var stalled = new TaskCompletionSource();
        var underWay = 0;
        var client = new FakeClient
        {
            Delay = command =>
            {
                var isOfSession = command is Command.Acquire or Command.Put;
                underWay += isOfSession ? 1 : 0;
                return isOfSession ? stalled.Task : Task.CompletedTask;
            },
        };
        var others = new FakeClient { Delay = _ => stalled.Task };
        await using var calls = new CoordinationCalls(client, clock, others);
        var keeper = NewKeeper(calls, clock);
        var (claims, items) = (new Claims(calls, keeper), new RaftItems(calls, keeper));
        var session = await keeper.GetAsync(CancellationToken.None);
        for (var i = 0; i < 500; i++)
        {
            _ = claims.AcquireAsync($"{i}", 1, waits: true, null, Timeout.InfiniteTimeSpan, CancellationToken.None);
            _ = items.PutAsync($"{i}", "", new() { OfSession = true });
            _ = items.PutAsync($"{i}", "");
        }

        clock.Advance(TimeSpan.FromSeconds(25));

        Assert.True(session.IsAlive);
        Assert.InRange(underWay, 1, 255);
        await keeper.DisposeAsync();
    }

    [Fact]
    public async Task Callback_that_throws_or_blocks_keeps_no_other_lock_from_its_loss()
    {
        using var session = new Session(1, TimeProvider.System.GetTimestamp(), TimeSpan.FromHours(1), TimeProvider.System);
        using var unblock = new ManualResetEventSlim();
        var (fault, told, isUnblocked) = (NewSource<Exception>(), NewSource<bool>(), NewSource<bool>());
        Hold(fault.SetResult).Lost.Register(() => throw new InvalidOperationException("The program cannot stop."));
        Hold(_ => { }).Lost.Register(() => isUnblocked.SetResult(unblock.Wait(Guard)));
        Hold(_ => { }).Lost.Register(() => told.SetResult(true));
        session.Lose();

        await told.Task.WaitAsync(Guard);
        Assert.IsType<InvalidOperationException>((await fault.Task.WaitAsync(Guard)).InnerException);
        unblock.Set();
        Assert.True(await isUnblocked.Task, "The other locks were told after the callback that blocks.");

        RaftLock Hold(Action<Exception> onFault) => new("billing", 2, session, 1, () => ValueTask.CompletedTask, onFault);
    }

    [Fact]
    public async Task Lock_that_was_released_is_not_told_as_lost()
    {
        var session = new Session(1, TimeProvider.System.GetTimestamp(), TimeSpan.FromHours(1), TimeProvider.System);
        var told = NewSource<bool>();
        var released = new RaftLock("billing", 2, session, 1, () => ValueTask.CompletedTask, _ => { });
        var held = new RaftLock("mail", 3, session, 1, () => ValueTask.CompletedTask, _ => { });
        held.Lost.Register(() => told.SetResult(true));
        await released.DisposeAsync();

        session.Lose();

        await told.Task.WaitAsync(Guard);
        Assert.False(released.Lost.IsCancellationRequested);
    }

    [Fact]
    public async Task Caller_that_gives_up_leaves_nothing_at_the_opening_that_goes_on()
    {
        var client = new FakeClient { Delay = _ => new TaskCompletionSource().Task };
        await using var calls = new CoordinationCalls(client, TimeProvider.System);
        await using var keeper = NewKeeper(calls);
        for (var i = 0; i < 100; i++)
        {
            using var limit = new CancellationTokenSource();
            var getting = keeper.GetAsync(limit.Token);
            await limit.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => getting.WaitAsync(Guard));
        }

        // Task keeps the places of what it has removed.
        Assert.DoesNotContain(Assert.IsType<List<object?>>(ContinuationOf(OpeningOf(keeper)!)), each => each is not null);
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_opening")]
    private static extern ref Task<Session>? OpeningOf(SessionKeeper keeper);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "m_continuationObject")]
    private static extern ref object? ContinuationOf(Task task);

    private static TaskCompletionSource<T> NewSource<T>() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static Task Note(List<Command> commands, Command command)
    {
        lock (commands)
        {
            commands.Add(command);
        }

        return Task.CompletedTask;
    }

    private static FakeClient NewClient(List<string> order) => new()
    {
        Delay = command =>
        {
            if (command is Command.Close)
            {
                order.Add("close");
            }

            return Task.CompletedTask;
        },
    };

    private static async Task HoldAsync(CoordinationCalls calls, SessionKeeper keeper, Action onLost)
    {
        var held = await new Claims(calls, keeper)
            .AcquireAsync("billing", 1, waits: true, null, Timeout.InfiniteTimeSpan, CancellationToken.None);
        held!.Lost.Register(onLost);
    }

    private static SessionKeeper NewKeeper(CoordinationCalls calls)
    {
        var settings = new CoordinationSettings(
            "coordination", ["coordination@a"], "coordination@a", TimeSpan.FromHours(1), TimeSpan.FromMinutes(1), 0.05);
        return new SessionKeeper(calls, settings, "a", TimeProvider.System, NoLogger.Instance);
    }

    private static SessionKeeper NewKeeper(CoordinationCalls calls, ManualClock clock, double drift = 0)
    {
        var settings = new CoordinationSettings(
            "coordination", ["coordination@a"], "coordination@a", TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(1), drift);
        return new SessionKeeper(calls, settings, "a", clock, NoLogger.Instance);
    }
}
