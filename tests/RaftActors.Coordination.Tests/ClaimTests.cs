using Akka.Event;

using RaftActors.Coordination.Group;
using RaftActors.Coordination.Sessions;
using RaftActors.Coordination.State;

namespace RaftActors.Coordination.Tests;

/// <summary>Claims that are given up before the group has answered.</summary>
public sealed class ClaimTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Claim_that_was_given_up_holds_no_lock_when_its_acquire_comes_late()
    {
        var sent = NewSource();
        var arrives = NewSource();
        var released = NewSource();
        var client = new FakeClient
        {
            Delay = command =>
            {
                if (command is Command.Acquire)
                {
                    sent.TrySetResult();
                    return arrives.Task;
                }

                if (command is Command.Release)
                {
                    released.TrySetResult();
                }

                return Task.CompletedTask;
            },
        };
        await using var calls = new GroupCalls(client, new TaskCompletionSource().Task);
        var settings = new CoordinationSettings(
            "coordination", ["coordination@a"], "coordination@a", TimeSpan.FromHours(1), TimeSpan.FromSeconds(1), 0.05);
        await using var keeper = new SessionKeeper(calls, settings, "a", TimeProvider.System, NoLogger.Instance);
        var claims = new Claims(calls, keeper, TimeProvider.System);
        using var patience = new CancellationTokenSource();
        var acquiring = claims.AcquireAsync("billing", 1, waits: false, null, patience.Token);
        await sent.Task.WaitAsync(Patience);

        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => acquiring.WaitAsync(Patience));
        arrives.SetResult();

        await released.Task.WaitAsync(Patience);
        Assert.NotNull(await claims.AcquireAsync("billing", 1, waits: true, null, CancellationToken.None).WaitAsync(Patience));
    }

    // A continuation must not run in the middle of the client's call.
    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
