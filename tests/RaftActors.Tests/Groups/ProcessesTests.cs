namespace RaftActors.Tests.Groups;

/// <summary>The processes of a node as the extension lists them, in virtual time. raft2 has the most pairs, and founds.</summary>
public sealed class ProcessesTests : VirtualGroupTest
{

    [Fact]
    public void Processes_are_listed_by_name_with_leader_members_and_pairs()
    {
        Assert.Empty(Raft.Get(Sys).Processes);
        Group.Found(0, 2);

        var processes = Raft.Get(Sys).Processes;

        Assert.Equal(["raft1", "raft2", "raft3"], processes.Select(process => process.Name.Process));
        Assert.Equal(["raft1", "raft2", "raft3"], processes.Select(process => process.Actor?.Path.Name));
        Assert.All(processes, process => Assert.Equal(("default", NameOf("raft2")), (process.Group, process.Leader)));
        Assert.All(processes, process => Assert.Equal((2L, 2L), (process.Committed.Value, process.Delivered.Value)));
        Assert.All(processes, process => Assert.Equal((3, 2), (process.Members.Length, process.Reachable.Length)));
        Assert.Equal([false, true, false], processes.Select(process => process.Role == RaftRole.Leader));
        Assert.All(processes, process => Assert.True(process is { IsOpen: true, Failure: null, Fence: null, IsDiskNearlyFull: false }));
    }

    [Fact]
    public void Process_whose_store_fails_is_listed_with_its_failure()
    {
        Group.Found(0, 2);

        Group.FailStore("raft3", "the disk is gone");

        Assert.Equal([null, null, "its store failed: the disk is gone"], Raft.Get(Sys).Processes.Select(process => process.Failure));
    }

    [Fact]
    public void Process_whose_actor_has_stopped_is_listed_without_an_actor()
    {
        Group.Found(0, 2);

        Group.StopActor("raft1");

        Assert.Equal([true, false, false], Raft.Get(Sys).Processes.Select(process => process.Actor is null));
    }

    [Fact]
    public void Each_life_of_an_actor_publishes_that_it_has_started()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(RaftEvent.Started));
        Group.Start("raft1", preloaded: 0);
        var first = ExpectMsg<RaftEvent.Started>();

        Group.Actors["raft1"].Tell(new InvalidOperationException("a restart"));
        var second = ExpectMsg<RaftEvent.Started>();

        Assert.Equal(new RaftEvent.Started("default", NameOf("raft1"), Group.Actors["raft1"]), first);
        Assert.Equal(first, second);
    }

    private static ProcessName NameOf(string name) => new($"{name}@node1");
}
