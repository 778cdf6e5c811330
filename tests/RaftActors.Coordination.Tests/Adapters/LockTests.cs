using Medallion.Threading;

namespace RaftActors.Coordination.Adapters.Tests;

/// <summary>DistributedLock on three nodes. Each test has names of its own.</summary>
[Collection(Hosts.Shared)]
public sealed class LockTests(Hosts hosts)
{
    [Fact]
    public async Task Lock_excludes_the_other_nodes_until_it_is_released()
    {
        var (one, other) = (LockOf(0, "billing"), LockOf(1, "billing"));
        var first = await one.AcquireAsync(Guard);
        Assert.Null(await other.TryAcquireAsync());
        var second = other.AcquireAsync(Guard).AsTask();
        Assert.False(second.IsCompleted);

        await first.DisposeAsync();

        await using var held = await second;
        Assert.True(TokenOf(held) > TokenOf(first), $"{TokenOf(held)} follows {TokenOf(first)}");
    }

    [Fact]
    public void Synchronous_methods_acquire_and_release()
    {
        var (one, other) = (LockOf(0, "synchronous"), LockOf(1, "synchronous"));
        using (var held = one.Acquire(Guard))
        {
            Assert.True(((RaftDistributedLockHandle)held).Lock.IsHeld);
            Assert.Null(other.TryAcquire());
        }

        using var next = other.TryAcquire();
        Assert.NotNull(next);
    }

    [Fact]
    public async Task Acquisition_that_waits_too_long_gives_null_or_a_TimeoutException_and_withdraws_its_claim()
    {
        var (one, other) = (LockOf(0, "timeout"), LockOf(1, "timeout"));
        var first = await one.AcquireAsync(Guard);
        var little = TimeSpan.FromMilliseconds(200);

        Assert.Null(await other.TryAcquireAsync(little));
        var timeout = await Assert.ThrowsAsync<TimeoutException>(() => other.AcquireAsync(little).AsTask());
        Assert.Contains("'timeout' was not acquired within 00:00:00.2", timeout.Message);

        await first.DisposeAsync();
        await using var next = await LockOf(2, "timeout").AcquireAsync(Guard);
    }

    [Fact]
    public async Task Cancelled_acquisition_throws_an_OperationCanceledException_of_its_token()
    {
        await using var first = await LockOf(0, "cancelled").AcquireAsync(Guard);
        using var ending = new CancellationTokenSource();
        var second = LockOf(1, "cancelled").TryAcquireAsync(Guard, ending.Token).AsTask();

        await ending.CancelAsync();

        Assert.Equal(ending.Token, (await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second)).CancellationToken);
    }

    [Fact]
    public async Task Lock_of_a_name_is_that_of_the_coordination()
    {
        await using var held = await hosts.Get<RaftCoordination>(0).LockAsync("shared").WaitAsync(Guard);

        Assert.Null(await LockOf(1, "shared").TryAcquireAsync());
    }

    [Fact]
    public async Task Semaphore_has_as_many_holders_as_permits()
    {
        var first = await SemaphoreOf(0, "permits", 2).AcquireAsync(Guard);
        await using var second = await SemaphoreOf(1, "permits", 2).AcquireAsync(Guard);
        Assert.Null(await SemaphoreOf(2, "permits", 2).TryAcquireAsync());
        Assert.Equal(2, SemaphoreOf(2, "permits", 2).MaxCount);

        await first.DisposeAsync();

        await using var third = await SemaphoreOf(2, "permits", 2).TryAcquireAsync();
        Assert.NotNull(third);
    }

    [Fact]
    public async Task Semaphore_with_another_number_of_permits_is_refused()
    {
        await using var held = await SemaphoreOf(0, "number", 2).AcquireAsync(Guard);

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => SemaphoreOf(1, "number", 3).TryAcquireAsync().AsTask());
        Assert.Contains("has 2 permits, and 3 were named", refused.Message);
    }

    [Fact]
    public async Task Wrong_arguments_are_refused()
    {
        var provider = hosts.Get<IDistributedLockProvider>(0);

        Assert.Throws<ArgumentException>(() => provider.CreateLock(""));
        Assert.Contains("1001 characters", Assert.Throws<ArgumentException>(() => provider.CreateLock(new string('a', 1001))).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => SemaphoreOf(0, "none", 0));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            "timeout", () => provider.CreateLock("a").TryAcquireAsync(TimeSpan.FromSeconds(-2)).AsTask());
    }

    private static long TokenOf(IDistributedSynchronizationHandle handle) => ((RaftDistributedLockHandle)handle).Lock.Token;

    private IDistributedLock LockOf(int node, string name) => hosts.Get<IDistributedLockProvider>(node).CreateLock(name);

    private IDistributedSemaphore SemaphoreOf(int node, string name, int permits) =>
        hosts.Get<IDistributedSemaphoreProvider>(node).CreateSemaphore(name, permits);
}
