namespace RaftActors.Tests.Groups;

/// <summary>The group has one maximum of its quorum, whatever its processes have in their settings.</summary>
public sealed class MaxQuorumTests : VirtualGroupTest
{

    [Fact]
    public void Founder_records_its_maximum_and_a_process_with_another_one_logs_that_once()
    {
        EventFilter.Info("raft2@node1: at most 3 may vote, as the group has recorded: raft.quorum.max = 5 of this process does not count")
            .ExpectOne(() => Found(first: 3, others: 5));

        Assert.All(["raft1", "raft2", "raft3"], name => Assert.Equal(3, Group.StatusOf(name).MaxQuorum));
    }

    [Fact]
    public void Process_explains_the_maximum_of_the_group()
    {
        Found(first: 3, others: 5);

        Assert.Contains("at most 3 may vote", ExplanationOf("raft1").Split('\n'));
        Assert.Contains(
            "at most 3 may vote, as the group has recorded: raft.quorum.max = 5 of this process does not count",
            ExplanationOf("raft2").Split('\n'));
    }

    [Fact]
    public void Maximum_that_the_group_has_already_may_be_set_again()
    {
        Found(first: 3, others: 3);

        Set("raft2", 3);

        ExpectMsg<Outcome<Membership>>().OrThrow();
    }

    [Fact]
    public void Maximum_that_is_based_on_earlier_members_is_refused()
    {
        Found(first: 3, others: 3);
        var before = Group.StatusOf("raft2").MembersAt;
        Take("raft4");

        Set("raft2", 5, before);

        Assert.Contains($"it was based on the configuration at {before}", ExpectMsg<Outcome<Membership>>().NotDone().Detail);
    }

    private static RaftOptions<string> WithMax(int max) => new() { Settings = ConfigurationFactory.ParseString($"quorum.max = {max}") };

    private void Found(int first, int others)
    {
        Group.Start("raft1", WithMax(first));
        Group.Start("raft2", WithMax(others));
        Group.Start("raft3", WithMax(others));
        Group.AdvanceUntil("raft3", "led by raft1 at 0");
        Group.Advance(5);
    }

    private void Take(string name)
    {
        Group.StartJoining(name);
        Group.Actors["raft2"].Tell(new Recorder.Join(new ProcessName($"{name}@node1")), TestActor);
        Group.AdvanceUntil(name, "quorum of 3, learner");
        ExpectMsg<Outcome<Membership>>().OrThrow();
        Group.Advance(60);
    }

    private void Set(string name, int max, LogIndex? basedOn = null)
    {
        Group.Actors[name].Tell(new Recorder.SetMaxQuorum(max, basedOn), TestActor);
        Group.AwaitIdle();
        Group.Advance(2);
    }
}
