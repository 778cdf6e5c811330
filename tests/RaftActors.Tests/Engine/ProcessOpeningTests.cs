using Akka.TestKit.Xunit2;

using RaftActors.Engine;

namespace RaftActors.Tests.Engine;

public sealed class ProcessOpeningTests : TestKit
{
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Openings_wait_for_room_and_one_that_fails_makes_room()
    {
        const int RoomFor = 2;
        using var room = new SemaphoreSlim(RoomFor);
        using var entered = new SemaphoreSlim(0);
        using var mayEnd = new SemaphoreSlim(0);
        var (running, most) = (0, 0);
        RaftProcess Open()
        {
            most = Math.Max(most, Interlocked.Increment(ref running));
            entered.Release();
            mayEnd.Wait();
            Interlocked.Decrement(ref running);
            throw new IOException("no disk");
        }

        var settings = new Bench(this).Process.Settings;
        List<ProcessOpening> openings = [.. Enumerable.Range(0, 6).Select(_ => new ProcessOpening(settings, Open, failed: null))];
        openings.ForEach(opening => _ = opening.StartAsync(room));
        foreach (var _ in openings)
        {
            Assert.True(await entered.WaitAsync(Guard));
            mayEnd.Release();
        }

        Assert.All(openings, opening => Assert.Throws<IOException>(opening.Wait));
        Assert.InRange(most, 1, RoomFor);
    }
}
