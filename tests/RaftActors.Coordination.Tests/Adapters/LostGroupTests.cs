using Medallion.Threading;

using Microsoft.Extensions.DependencyInjection;

using RaftActors.Testing;

namespace RaftActors.Coordination.Adapters.Tests;

/// <summary>A lock before the nodes have started, and after most of them are gone.</summary>
public sealed class LostGroupTests
{
    [Fact]
    public async Task Lock_that_was_asked_for_before_the_start_is_granted_and_is_lost_with_the_group()
    {
        await using var hosts = new Hosts();
        var asked = LockOf(hosts).AcquireAsync(Guard).AsTask();
        await hosts.InitializeAsync();
        await using var handle = await asked;
        var held = ((RaftDistributedLockHandle)handle).Lock;
        var lost = new TaskCompletionSource();
        await using var registration = handle.HandleLostToken.Register(lost.SetResult);
        Assert.True(held.IsHeld);

        await Task.WhenAll(hosts.CrashAsync(1), hosts.CrashAsync(2));

        await lost.Task.WaitAsync(Guard);
        Assert.False(held.IsHeld);
        Assert.Null(await LockOf(hosts).TryAcquireAsync(TimeSpan.FromMilliseconds(200)));
    }

    [Fact]
    public async Task Call_that_does_not_wait_for_the_holder_throws_when_the_group_is_silent()
    {
        var group = new ScriptedCoordination { IsReachable = false };
        var asked = new RaftDistributedSemaphore(group.NewProgram("shop"), "billing", 1, TimeSpan.FromMilliseconds(100));

        var silent = await Assert.ThrowsAsync<RaftException>(() => asked.TryAcquireAsync().AsTask().WaitAsync(Guard));

        Assert.Equal((FailureKind.NotDone, FailureReason.Unavailable), (silent.Failure?.Kind, silent.Failure?.Reason));
        Assert.Contains("'billing' was not acquired, because the coordination group did not answer within 00:00:00.1", silent.Message);
    }

    [Fact]
    public void Services_without_an_actor_system_say_so()
    {
        using var services = new ServiceCollection().AddRaftDistributedLocks().BuildServiceProvider();

        var missing = Assert.Throws<InvalidOperationException>(services.GetRequiredService<IDistributedLockProvider>);
        Assert.Contains(nameof(ActorSystem), missing.Message);
        Assert.Contains("Call services.AddAkka", missing.Message);
    }

    private static IDistributedLock LockOf(Hosts hosts) => hosts.Get<IDistributedLockProvider>(0).CreateLock("billing");
}
