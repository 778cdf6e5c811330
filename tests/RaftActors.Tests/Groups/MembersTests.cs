namespace RaftActors.Tests.Groups;

/// <summary>Processes join and leave; raft1 leads a quorum of three.</summary>
public sealed class MembersTests : VirtualGroupTest
{
    private static readonly ProcessName Fourth = new("raft4@node1");

    public MembersTests()
    {
        Group.Found(2, 2);
    }

    [Theory]
    [InlineData("raft1")]
    [InlineData("raft3")]
    public void Joined_process_is_a_learner_and_gets_every_pair(string asker)
    {
        Group.StartJoining("raft4");
        Group.Actors[asker].Tell(new Recorder.Join(Fourth), TestActor);
        Group.Actors[asker].Tell(new Recorder.Append("key3", "value3"), TestActor);

        var told = Group.AdvanceUntil("raft4", "append 3 key3=value3");

        Assert.Equal(["quorum of 3, learner", "append 1 key1=value1", "append 2 key2=value2", "append 3 key3=value3"], told);
        FishForMessage<Outcome<Membership>>(_ => true).OrThrow();
    }

    [Fact]
    public void Joining_process_may_start_after_the_group_has_accepted_the_join()
    {
        Group.Actors["raft2"].Tell(new Recorder.Join(Fourth), TestActor);
        Group.AwaitIdle();
        Group.Advance(2);
        ExpectMsg<Outcome<Membership>>().OrThrow();

        Group.StartJoining("raft4");

        Group.AdvanceUntil("raft4", "append 2 key2=value2");
    }

    [Theory]
    [InlineData("raft1")]
    [InlineData("raft2")]
    [InlineData("raft3")]
    public void Process_leaves_at_its_own_request_and_a_learner_takes_its_place_in_the_quorum(string leaver)
    {
        Take("raft4");
        Group.Actors[leaver].Tell(new Recorder.Leave(new ProcessName($"{leaver}@node1")), TestActor);
        Group.AwaitIdle();

        Group.AdvanceUntil("raft4", "quorum of 3, member");
        Group.Advance(60);
        ExpectMsg<Outcome<Membership>>().OrThrow();
        var other = leaver == "raft2" ? "raft3" : "raft2";
        Group.Actors[other].Tell(new Recorder.Append("key3", "value3"), TestActor);
        Group.AdvanceUntil("raft4", "append 3 key3=value3");
    }

    [Fact]
    public void Decision_of_the_leader_is_logged_once_and_is_in_its_status()
    {
        EventFilter.Info(contains: "raft1@node1 decided: ").ExpectOne(() =>
        {
            Group.Actors["raft2"].Tell(new Recorder.Join(Fourth), TestActor);
            Group.AwaitIdle();
            Group.Advance(5);
            ExpectMsg<Outcome<Membership>>().OrThrow();
        });

        Group.Actors["raft1"].Tell(new Recorder.GetStatus(), TestActor);
        Assert.Contains("raft4@node1", ExpectMsg<RaftStatus>().Decision);
    }

    [Fact]
    public void Process_explains_which_members_vote_and_why_a_change_waits()
    {
        Group.Actors["raft2"].Tell(new Recorder.Join(Fourth), TestActor);
        Group.AwaitIdle();
        Group.Advance(2);
        ExpectMsg<Outcome<Membership>>().OrThrow();

        var lines = ExplanationOf("raft1").Split('\n');

        Assert.EndsWith("raft1@node1 of default: Leader in term 1", lines[0]);
        Assert.Contains("raft3@node1 is in reach", lines);
        Assert.Contains("raft4@node1 was never met", lines);
        Assert.Contains("waiting: 0 appends, 0 gets, 0 queries", lines);
        Assert.Contains(lines, line => line.StartsWith("decided last: ") && line.Contains("raft4@node1"));
    }

    [Fact]
    public void Waiting_change_explains_its_reason()
    {
        Group.Start("raft9", new RaftOptions<string> { Roster = ["raft7@node1", "raft8@node1", "raft9@node1"] });
        Group.Actors["raft9"].Tell(new Recorder.Join(Fourth), ActorRefs.NoSender);

        var lines = ExplanationOf("raft9").Split('\n');

        Assert.Contains("the joining of raft4@node1 waits: no leader could be reached", lines);
        Assert.Contains(lines, line => line.StartsWith("why no leader, or none that is ready: "));
    }

    private void Take(string name)
    {
        Group.StartJoining(name);
        Group.Actors["raft2"].Tell(new Recorder.Join(new ProcessName($"{name}@node1")), TestActor);
        Group.AdvanceUntil(name, "append 2 key2=value2");
        ExpectMsg<Outcome<Membership>>().OrThrow();
        Group.Advance(45);
    }
}
