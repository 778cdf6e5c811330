using Akka.Actor;
using Akka.TestKit.Xunit2;

using RaftActors.Core;

namespace RaftActors.Tests.Groups;

/// <summary>Transfers of the leadership, asked for by any process. raft1 leads at first.</summary>
public sealed class TransferTests : TestKit
{
    private static readonly ProcessName Third = new("raft3@node1");

    private readonly VirtualGroup _group;

    public TransferTests()
        : base(VirtualGroup.Config)
    {
        _group = new VirtualGroup(this);
        _group.Start("raft1", 4);
        _group.Start("raft2", 4);
        _group.Start("raft3", 4);
        _group.AdvanceUntil("raft1", "leads");
        _group.AdvanceUntil("raft2", "led by raft1 at 4");
        _group.AdvanceUntil("raft3", "led by raft1 at 4");
        _group.Advance(5);
    }

    [Theory]
    [InlineData("raft1")]
    [InlineData("raft2")]
    [InlineData("raft3")]
    public void Target_of_a_transfer_leads_without_an_election_timeout_whichever_process_asked(string asker)
    {
        _group.Actors[asker].Tell(new Recorder.Transfer(Third), TestActor);
        _group.Settle();
        _group.Advance(5);

        ExpectMsg<Outcome<Membership>.Done>();
        _group.Watchers["raft3"].FishForMessage<string>(told => told == "leads");
        _group.Watchers["raft1"].FishForMessage<string>(told => told == "led by raft3 at 4");
    }

    [Fact]
    public void Appends_made_during_a_transfer_are_committed_once_and_in_their_order()
    {
        _group.Actors["raft2"].Tell(new Recorder.Append("key5", "a"), TestActor);
        _group.Actors["raft1"].Tell(new Recorder.Transfer(Third), ActorRefs.NoSender);
        _group.Actors["raft2"].Tell(new Recorder.Append("key6", "b"), TestActor);
        _group.Settle();
        _group.Actors["raft2"].Tell(new Recorder.Append("key7", "c"), TestActor);
        _group.Settle();
        _group.Advance(20);

        Assert.Equal([5L, 6, 7], ReceiveN(3).Cast<Outcome<int>.Done>().Select(done => done.Serial.Value));
        _group.Watchers["raft3"].FishForMessage<string>(told => told == "append 7 key7=c");
        ExpectNoMsg(TimeSpan.Zero);
    }

}
