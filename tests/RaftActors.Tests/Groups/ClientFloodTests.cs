using Akka.Actor;
using Akka.TestKit.Xunit2;

using RaftActors.Engine;
using RaftActors.Wire;

namespace RaftActors.Tests.Groups;

/// <summary>A client that asks faster than an engine answers. raft1 leads.</summary>
public sealed class ClientFloodTests : TestKit
{
    private const int Calls = 10_000;

    private readonly VirtualGroup _group;

    public ClientFloodTests()
        : base(VirtualGroup.Config) => _group = new VirtualGroup(this);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Message_that_comes_after_thousands_of_calls_waits_for_a_few_of_them(bool isOneRead)
    {
        _group.Found(4, 4);
        var (engine, inbox) = (_group.EngineOf("raft1"), _group.InboxOf("raft1"));

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
