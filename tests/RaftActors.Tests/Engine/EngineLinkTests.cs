namespace RaftActors.Tests.Engine;

public sealed class EngineLinkTests : TestKit
{
    [Fact]
    public void Message_that_was_taken_is_not_kept()
    {
        var link = new Bench(this).Process.Engine;
        var taken = Enumerable.Range(1, 20).Select(serial => TellAndTake(link, serial)).ToList();

        GC.Collect();

        Assert.All(taken, message => Assert.False(message.IsAlive));
        GC.KeepAlive(link);
    }

    [Fact]
    public void Messages_of_a_life_that_the_engine_does_not_know_wait_in_order()
    {
        var link = new Bench(this).Process.Engine;
        Tell(link, 1, life: 1);
        Tell(link, 2, life: 2);
        Tell(link, 3, life: 2);

        Assert.Equal(1, Take(link, life: 1));
        Assert.Null(Take(link, life: 1));
        Assert.False(link.EndReading(life: 1));
        Assert.True(link.TryAnnounce());

        Assert.True(link.EndReading(life: 2));
        Assert.Equal(2, Take(link, life: 2));
        Assert.Equal(3, Take(link, life: 2));
        Assert.False(link.EndReading(life: 2));
    }

    // Not inlined, so that no register has the message afterwards.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private WeakReference TellAndTake(EngineLink link, long serial)
    {
        Tell(link, serial, life: 1);
        Assert.False(link.TryTake(0, out _));
        Assert.True(link.TryTake(1, out var message));
        return new WeakReference(message);
    }

    private void Tell(EngineLink link, long serial, long life) => link.Tell(new ToEngine.StateBegun(new Serial(serial)), TestActor, life);

    private static long? Take(EngineLink link, long life) =>
        link.TryTake(life, out var message) ? ((ToEngine.StateBegun)message).Serial.Value : null;
}
