namespace RaftActors.Tests.Engine;

/// <summary>The test holds each opening until it ends it by a failure.</summary>
public sealed class StoreOpeningsTests : TestKit
{
    private const int Waiting = 3;

    private readonly ConcurrentQueue<Thread> _threads = [];
    private readonly SemaphoreSlim _entered = new(0);
    private readonly SemaphoreSlim _mayEnd = new(0);
    private readonly RaftSettings _settings;

    public StoreOpeningsTests() => _settings = new Bench(this).Process.Settings;

    [Fact]
    public async Task Opening_that_waits_runs_on_the_thread_of_one_that_failed_and_needs_no_thread_of_the_pool()
    {
        var room = new StoreOpenings();
        var openings = NewOpenings();
        openings.ForEach(room.Add);
        await EnterAsync(StoreOpenings.ThreadsMax);
        Assert.Equal(0, _entered.CurrentCount);

        _mayEnd.Release(Waiting);
        await EnterAsync(Waiting);

        Assert.Equal(StoreOpenings.ThreadsMax, _threads.Distinct().Count());
        Assert.DoesNotContain(_threads, thread => thread.IsThreadPoolThread);
        _mayEnd.Release(StoreOpenings.ThreadsMax);
        Assert.All(openings, opening => Assert.Throws<IOException>(opening.Wait));
    }

    [Fact]
    public async Task Actor_system_ends_after_the_openings_that_run_and_without_those_that_wait()
    {
        var raft = Raft.Get(Sys);
        var openings = Enumerable.Range(0, StoreOpenings.ThreadsMax + Waiting)
            .Select(number => raft.Open(_settings with { Self = new ProcessName($"raft{number}@node1") }, () => default, Open))
            .ToList();
        await EnterAsync(StoreOpenings.ThreadsMax);

        var end = Sys.Terminate();

        foreach (var dropped in openings.Skip(StoreOpenings.ThreadsMax))
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.Run(dropped.Wait).WaitAsync(Guard));
        }

        Assert.False(end.IsCompleted);
        _mayEnd.Release(StoreOpenings.ThreadsMax);
        await end.WaitAsync(Guard);
        Assert.All(openings.Take(StoreOpenings.ThreadsMax), opening => Assert.Throws<IOException>(opening.Wait));
    }

    [Fact]
    public void Opening_that_comes_after_the_end_of_the_actor_system_is_dropped()
    {
        var room = new StoreOpenings();
        var opening = NewOpenings()[0];
        room.Close();

        room.Add(opening);

        Assert.ThrowsAny<OperationCanceledException>(opening.Wait);
    }

    private List<ProcessOpening> NewOpenings() =>
        [.. Enumerable.Range(0, StoreOpenings.ThreadsMax + Waiting).Select(_ => new ProcessOpening(_settings, Fail, failed: null))];

    private ScriptedStore Open() => throw Hold();

    private RaftProcess Fail() => throw Hold();

    private IOException Hold()
    {
        _threads.Enqueue(Thread.CurrentThread);
        _entered.Release();
        _mayEnd.Wait();
        return new IOException("no disk");
    }

    private async Task EnterAsync(int count)
    {
        for (var i = 0; i < count; i++)
        {
            Assert.True(await _entered.WaitAsync(Guard));
        }
    }
}
