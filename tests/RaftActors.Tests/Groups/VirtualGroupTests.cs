namespace RaftActors.Tests.Groups;

/// <summary>Engines with their cores and actors, in one actor system and virtual time.</summary>
public sealed class VirtualGroupTests : VirtualGroupTest
{

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
            Group.AdvanceUntil("raft1", "serial 4 key4=value4"));
        Assert.Equal(["quorum of 3, member", "leads"], Group.AdvanceUntil("raft2", "leads"));
        Assert.Equal(["quorum of 3, member", "led by raft2 at 4"], Group.AdvanceUntil("raft3", "led by raft2 at 4"));
    }

    [Fact]
    public void Suspended_machine_holds_no_election_when_it_goes_on()
    {
        Group.Found(first: 1, others: 1);
        var before = Group.StatusOf("raft2");

        Group.Advance(by: TimeSpan.FromMinutes(1));
        Group.Advance(ticks: 100);

        var after = Group.StatusOf("raft2");
        Assert.Equal((before.Term, before.Leader), (after.Term, after.Leader));
        Assert.NotNull(after.Leader);
    }

    [Fact]
    public void Preloaded_pairs_that_differ_are_reported_on_both_sides_with_the_serial_and_the_remedy()
    {
        Group.Start("raft1", ("a", "1"), ("b", "2"), ("c", "3"));
        const string why = "the preloaded pairs of raft2@node1 and raft1@node1 differ from serial 2 on; "
            + "decide which are right, and restart the other process with the same ones or with none.";

        EventFilter.Error($"raft1@node1 is refused by raft2@node1: {why}")
            .And.Error($"raft2@node1 is refused by raft1@node1: {why}")
            .Expect(2, () => Group.Start("raft2", ("a", "1"), ("b", "other")));
    }

    [Fact]
    public void Process_whose_memory_was_wiped_logs_it_with_the_remedy()
    {
        Group.Start("raft1", 0);
        Group.Start("raft2", 0);
        var former = VirtualGroup.MemberOf("raft3");
        Group.Say(former, "raft1", Term.Zero, new Message.Greeting(default, Incarnation.None, IsReply: true));
        Group.EngineOf("raft1").Tell(new PeerNews.Stopped(former.Name, Sys.DeadLetters));

        EventFilter.Warning("raft3@node1 is refused by raft1@node1: raft1@node1 knows raft3@node1 with another store, which was lost or "
                + "replaced; it has no part in the founding. If that cannot do without it, restart all processes of the group.")
            .ExpectOne(() => Group.Start("raft3", 0));
    }

    [Fact]
    public void Joining_process_waits_for_its_join_without_an_error()
    {
        Found();
        var told = CreateTestProbe();
        Sys.EventStream.Subscribe(told, typeof(Akka.Event.Error));
        Sys.EventStream.Subscribe(told, typeof(RaftEvent.Refused));

        Group.StartJoining("raft4");

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
        Group.AdvanceUntil("raft1", "led by raft2 at 4");
        Group.AdvanceUntil("raft3", "led by raft2 at 4");

        var view = Group.ViewOf("raft1");

        Assert.Equal(Group.Actors["raft2"], view.Leader!.Actor);
        Assert.Equal([Group.Actors["raft2"], Group.Actors["raft3"]], view.Peers.Select(peer => peer.Actor));
        Assert.Equal(Group.Actors["raft2"], Group.ViewOf("raft2").Leader!.Actor);
    }

    private void Found()
    {
        Group.Start("raft1", 1);
        Group.Start("raft2", 4);
        Group.Start("raft3", 4);
    }
}
