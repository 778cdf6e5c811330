namespace RaftActors.Tests.Network;

public sealed class EngineDispatcherTests : TestKit
{
    [Fact]
    public void Engine_runs_on_the_thread_that_offers_itself()
    {
        var engine = Engine();

        EngineDispatcher.BeginOffer();
        engine.Tell("message");
        ExpectNoMsg(TimeSpan.Zero);
        EngineDispatcher.EndOffer(isTaken: true);

        Assert.Equal(Environment.CurrentManagedThreadId, ExpectMsg<int>());
    }

    [Fact]
    public void Refused_offer_leaves_the_engine_to_the_pool()
    {
        var engine = Engine();

        EngineDispatcher.BeginOffer();
        engine.Tell("message");
        EngineDispatcher.EndOffer(isTaken: false);

        Assert.NotEqual(Environment.CurrentManagedThreadId, ExpectMsg<int>());
    }

    [Fact]
    public void Second_engine_does_not_wait_for_the_thread()
    {
        var (first, second) = (Engine(), Engine());

        EngineDispatcher.BeginOffer();
        first.Tell("message");
        second.Tell("message");
        var other = ExpectMsg<int>();
        EngineDispatcher.EndOffer(isTaken: true);

        Assert.NotEqual(Environment.CurrentManagedThreadId, other);
        Assert.Equal(Environment.CurrentManagedThreadId, ExpectMsg<int>());
    }

    [Fact]
    public void Thread_comes_back_from_an_engine_that_has_much_to_do()
    {
        var engine = Engine();

        EngineDispatcher.BeginOffer();
        for (var message = 0; message < 100; message++)
        {
            engine.Tell("message");
        }

        EngineDispatcher.EndOffer(isTaken: true);
        var threads = ReceiveN(100).Cast<int>().ToList();

        Assert.Equal(Environment.CurrentManagedThreadId, threads[0]);
        Assert.NotEqual(Environment.CurrentManagedThreadId, threads[^1]);
    }

    private IActorRef Engine() => ThreadTeller.StartIdle(this);
}
