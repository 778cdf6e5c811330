using Akka.Actor;

using Medallion.Threading;

using Microsoft.Extensions.DependencyInjection;

namespace RaftActors.Coordination.Adapters.Tests;

/// <summary>A lock before the nodes have started, and after most of them are gone.</summary>
public sealed class LostGroupTests : IAsyncLifetime
{
    private readonly Hosts _hosts = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _hosts.DisposeAsync();

    [Fact]
    public async Task Lock_that_was_asked_for_before_the_start_is_granted_and_is_lost_with_the_group()
    {
        var asked = LockOf(0).AcquireAsync(Hosts.WaitMax).AsTask();
        await _hosts.InitializeAsync();
        await using var handle = await asked;
        var held = ((RaftDistributedLockHandle)handle).Lock;
        var lost = new TaskCompletionSource();
        await using var registration = handle.HandleLostToken.Register(lost.SetResult);
        Assert.True(held.IsHeld);

        await Task.WhenAll(_hosts.CrashAsync(1), _hosts.CrashAsync(2));

        await lost.Task.WaitAsync(Hosts.WaitMax);
        Assert.False(held.IsHeld);
        Assert.Null(await LockOf(0).TryAcquireAsync(TimeSpan.FromMilliseconds(200)));
    }

    [Fact]
    public void Services_without_an_actor_system_say_so()
    {
        using var services = new ServiceCollection().AddRaftDistributedLocks().BuildServiceProvider();

        var missing = Assert.Throws<InvalidOperationException>(services.GetRequiredService<IDistributedLockProvider>);
        Assert.Contains(nameof(ActorSystem), missing.Message);
        Assert.Contains("Call services.AddAkka", missing.Message);
    }

    private IDistributedLock LockOf(int node) => _hosts.Get<IDistributedLockProvider>(node).CreateLock("billing");
}
