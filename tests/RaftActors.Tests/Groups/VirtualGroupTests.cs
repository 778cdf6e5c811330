using Akka.Actor;
using Akka.TestKit.Xunit2;

using RaftActors.Core;
using RaftActors.Engine;
using RaftActors.Wire;

namespace RaftActors.Tests.Groups;

/// <summary>Engines with their cores and actors, in one actor system and virtual time.</summary>
public sealed class VirtualGroupTests : TestKit
{
    private readonly VirtualGroup _group;

    public VirtualGroupTests()
        : base(VirtualGroup.Config) => _group = new VirtualGroup(this);

    [Fact]
    public void Process_with_the_highest_serial_and_lowest_name_leads_and_the_others_fetch_what_they_miss()
    {
        Found();

        Assert.Equal(
            [
                "quorum of 3, member",
                "led by raft2 at 4",
                "missing 2 .. 4",
                "serial 2 key2=value2",
                "serial 3 key3=value3",
                "serial 4 key4=value4",
            ],
            _group.AdvanceUntil("raft1", "serial 4 key4=value4"));
        Assert.Equal(["quorum of 3, member", "leads"], _group.AdvanceUntil("raft2", "leads"));
        Assert.Equal(["quorum of 3, member", "led by raft2 at 4"], _group.AdvanceUntil("raft3", "led by raft2 at 4"));
    }

    [Fact]
    public void Suspended_machine_holds_no_election_when_it_goes_on()
    {
        _group.Found(first: 1, others: 1);
        var before = _group.StatusOf("raft2");

        _group.Advance(by: TimeSpan.FromMinutes(1));
        _group.Advance(ticks: 100);

        var after = _group.StatusOf("raft2");
        Assert.Equal((before.Term, before.Leader), (after.Term, after.Leader));
        Assert.NotNull(after.Leader);
    }

    [Fact]
    public void Preloaded_pairs_that_differ_are_reported_on_both_sides_with_the_serial_and_the_remedy()
    {
        _group.Start("raft1", ("a", "1"), ("b", "2"), ("c", "3"));
        const string why = "the preloaded pairs of raft2@node1 and raft1@node1 differ from serial 2 on; "
            + "decide which are right, and restart the other process with the same ones or with none.";

        EventFilter.Error($"raft1@node1 is refused by raft2@node1: {why}")
            .And.Error($"raft2@node1 is refused by raft1@node1: {why}")
            .Expect(2, () => _group.Start("raft2", ("a", "1"), ("b", "other")));
    }

    [Fact]
    public void Process_whose_memory_was_wiped_logs_it_with_the_remedy()
    {
        _group.Start("raft1", 0);
        _group.Start("raft2", 0);
        var former = VirtualGroup.MemberOf("raft3");
        _group.Say(former, "raft1", Term.Zero, new Message.Greeting(default, Incarnation.None, IsReply: true));
        _group.EngineOf("raft1").Tell(new PeerNews.Stopped(former.Name, Sys.DeadLetters));

        EventFilter.Warning("raft3@node1 is refused by raft1@node1: raft1@node1 knows raft3@node1 with another store, which was lost or "
                + "replaced; it has no part in the founding. If that cannot do without it, restart all processes of the group.")
            .ExpectOne(() => _group.Start("raft3", 0));
    }

    [Fact]
    public void Joining_process_waits_for_its_join_without_an_error()
    {
        Found();
        var told = CreateTestProbe();
        Sys.EventStream.Subscribe(told, typeof(Akka.Event.Error));
        Sys.EventStream.Subscribe(told, typeof(RaftEvent.Refused));

        _group.StartJoining("raft4");

        // An error would come between them.
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(nameof(RefusalReason.NotInRoster), told.ExpectMsg<RaftEvent.Refused>().Reason);
        }
    }

    [Fact]
    public void Actors_of_the_leader_and_of_the_peers_are_known()
    {
        Found();
        _group.AdvanceUntil("raft1", "led by raft2 at 4");
        _group.AdvanceUntil("raft3", "led by raft2 at 4");

        var view = _group.ViewOf("raft1");

        Assert.Equal(_group.Actors["raft2"], view.Leader!.Actor);
        Assert.Equal([_group.Actors["raft2"], _group.Actors["raft3"]], view.Peers.Select(peer => peer.Actor));
        Assert.Equal(_group.Actors["raft2"], _group.ViewOf("raft2").Leader!.Actor);
    }

    private void Found()
    {
        _group.Start("raft1", 1);
        _group.Start("raft2", 4);
        _group.Start("raft3", 4);
    }
}
