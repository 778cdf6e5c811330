namespace RaftActors.Tests.Groups;

/// <summary>A client that asks faster than an engine answers. raft1 leads.</summary>
public sealed class ClientFloodTests : VirtualGroupTest
{
    private const int Calls = 10_000;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Message_that_comes_after_thousands_of_calls_waits_for_a_few_of_them(bool isOneRead)
    {
        Group.Found(4, 4);
        var (engine, inbox) = (Group.EngineOf("raft1"), Group.InboxOf("raft1"));

        // All are there before the first turn, also when this thread has to wait for its core.
        var held = (IInternalActorRef)engine;
        held.Suspend();
        for (var call = 0; call < Calls; call++)
        {
            inbox.Add(new ClientCall.Locate("default"), TestActor);
            if (!isOneRead)
            {
                inbox.Announce();
            }
        }

        inbox.Announce();
        engine.Tell(new Identify(null), TestActor);
        held.Resume();

        var before = 0;
        while (ReceiveOne(TimeSpan.FromSeconds(30)) is ClientReply.Located)
        {
            before++;
        }

        Assert.InRange(before, 0, CallInbox.TurnMax);
        Assert.Equal(Calls - before, ReceiveN(Calls - before, TimeSpan.FromSeconds(30)).OfType<ClientReply.Located>().Count());
    }
}
