using Akka.Actor;

namespace RaftActors.Dashboard.Tests;

/// <summary>The sampler without browsers.</summary>
public sealed class SamplerTests : IAsyncLifetime
{
    private static readonly RaftDashboardOptions Options = new() { Interval = TimeSpan.FromMilliseconds(100) };

    private readonly ActorSystem _system = ActorSystem.Create("alone");

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _system.Terminate();

    [Fact]
    public async Task Sampler_runs_while_there_are_listeners_and_no_longer()
    {
        Sampler sampler = new(_system, Options);
        Assert.True(sampler.Stopped.IsCompleted);

        var (one, other) = (sampler.Listen(Subject.Overview, "a browser")!, sampler.Listen(Subject.Overview, "a browser")!);
        await FirstAsync(one);
        one.Dispose();
        await FirstAsync(other);
        Assert.False(sampler.Stopped.IsCompleted);

        other.Dispose();
        await sampler.Stopped.WaitAsync(DashboardNode.Guard);
    }

    [Fact]
    public async Task Listener_after_a_pause_starts_it_again()
    {
        Sampler sampler = new(_system, Options);
        sampler.Listen(Subject.Overview, "a browser")!.Dispose();
        await sampler.Stopped.WaitAsync(DashboardNode.Guard);

        using var listener = sampler.Listen(Subject.Overview, "a browser")!;

        Assert.Empty((await FirstAsync(listener)).Groups);
    }

    [Fact]
    public void Number_of_listeners_is_bounded()
    {
        Sampler sampler = new(_system, Options);
        var listeners = Enumerable.Range(0, Sampler.ListenersMax).Select(_ => sampler.Listen(Subject.Overview, "a browser")!).ToList();

        Assert.Null(sampler.Listen(Subject.Overview, "a browser"));
        listeners[0].Dispose();
        Assert.NotNull(sampler.Listen(Subject.Overview, "a browser"));
    }

    [Fact]
    public async Task Listener_of_another_owner_gets_the_place_of_the_oldest_one_of_the_crowd()
    {
        Sampler sampler = new(_system, Options);
        using var guest = sampler.Listen(Subject.Overview, "a guest")!;
        var crowd = Enumerable.Range(1, Sampler.ListenersMax - 1).Select(_ => sampler.Listen(Subject.Overview, "a browser")!).ToList();

        using var @operator = sampler.Listen(Subject.Overview, "an operator");

        Assert.NotNull(@operator);
        await crowd[0].ReadAllAsync(default).ToListAsync().AsTask().WaitAsync(DashboardNode.Guard);
        await FirstAsync(crowd[1]);
        await FirstAsync(guest);
        Assert.Null(sampler.Listen(Subject.Overview, "a browser"));
    }

    [Fact]
    public async Task Slow_listener_gets_the_latest_sample_alone()
    {
        using Listener listener = new(Subject.Overview, "a browser", _ => { });
        var samples = Enumerable.Range(0, 3).Select(i => new Sample(DateTimeOffset.UnixEpoch.AddSeconds(i), [], [])).ToList();
        samples.ForEach(listener.Give);
        listener.End();

        Assert.Same(samples[2], Assert.Single(await listener.ReadAllAsync(default).ToListAsync()));
    }

    private static async Task<Sample> FirstAsync(Listener listener)
    {
        using CancellationTokenSource guard = new(DashboardNode.Guard);
        return await listener.ReadAllAsync(guard.Token).FirstAsync(guard.Token);
    }
}
