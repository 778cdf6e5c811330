using Akka.Event;

using RaftActors.Coordination.Group;
using RaftActors.Coordination.Sessions;
using RaftActors.Coordination.State;

namespace RaftActors.Coordination.Tests;

/// <summary>The session of a program, over a client in memory.</summary>
public sealed class SessionTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Keeper_that_is_disposed_closes_its_session()
    {
        var commands = new List<Command>();
        var client = new FakeClient { Delay = command => Note(commands, command) };
        await using var calls = new GroupCalls(client, new TaskCompletionSource().Task);
        var keeper = NewKeeper(calls);
        var session = await keeper.GetAsync(CancellationToken.None).WaitAsync(Patience);

        await keeper.DisposeAsync();

        Assert.False(session.IsAlive);
        Assert.Equal(new Command.Close(session.Id), commands[^1]);
    }

    [Fact]
    public async Task Session_whose_opening_took_longer_than_its_limit_is_lost_at_once()
    {
        var time = TimeProvider.System;
        var openedAt = time.GetTimestamp() - (2 * time.TimestampFrequency);
        var isLost = new TaskCompletionSource();

        using var session = new Session(1, openedAt, TimeSpan.FromSeconds(1), time);

        Assert.False(session.IsAlive);
        using var registration = session.Lost.Register(isLost.SetResult);
        await isLost.Task.WaitAsync(Patience);
    }

    [Fact]
    public async Task Renewal_counts_from_the_moment_before_it_was_sent()
    {
        var clock = new ManualClock();
        var client = new FakeClient
        {
            Delay = command => command is Command.Renew ? Task.Delay(TimeSpan.FromMilliseconds(900), clock) : Task.CompletedTask,
        };
        await using var calls = new GroupCalls(client, new TaskCompletionSource().Task);
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
        await using var calls = new GroupCalls(client, new TaskCompletionSource().Task);
        await using var keeper = NewKeeper(calls);
        for (var i = 0; i < 3; i++)
        {
            using var patience = new CancellationTokenSource();
            var getting = keeper.GetAsync(patience.Token);
            await patience.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => getting.WaitAsync(Patience));
        }

        opens.SetResult();

        Assert.True((await keeper.GetAsync(CancellationToken.None).WaitAsync(Patience)).IsAlive);
        Assert.Single(commands, command => command is Command.Open);
    }

    private static Task Note(List<Command> commands, Command command)
    {
        lock (commands)
        {
            commands.Add(command);
        }

        return Task.CompletedTask;
    }

    private static SessionKeeper NewKeeper(GroupCalls calls)
    {
        var settings = new CoordinationSettings(
            "coordination", ["coordination@a"], "coordination@a", TimeSpan.FromHours(1), TimeSpan.FromMinutes(1), 0.05);
        return new SessionKeeper(calls, settings, "a", TimeProvider.System, NoLogger.Instance);
    }
}
