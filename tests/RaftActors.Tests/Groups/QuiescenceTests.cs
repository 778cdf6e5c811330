namespace RaftActors.Tests.Groups;

/// <summary>Engines of a group that becomes quiescent, in virtual time.</summary>
public sealed class QuiescenceTests() : VirtualGroupTest("raft.quiescence { enabled = on, after = 1s }")
{

    [Fact]
    public void Idle_group_is_quiescent_and_its_explanation_says_so()
    {
        Rest();

        Assert.Contains("quiescent: no work, so no heartbeats", ExplanationOf("raft1"));
        Assert.Contains("quiescent: no work, so no heartbeats", ExplanationOf("raft3"));
    }

    [Fact]
    public void Group_with_work_lately_is_not_quiescent_and_its_leader_explains_why()
    {
        Rest();

        Group.Actors["raft2"].Tell(new Recorder.Append("key100", "value100"), TestActor);
        Group.AdvanceUntil("raft2", "append 5 key100=value100 own");
        ExpectMsg<Outcome<int>>().OrThrow();
        Group.Advance(2);

        Assert.Contains("not quiescent: the group had work lately", ExplanationOf("raft1"));
    }

    [Theory]
    [InlineData("raft1")]
    [InlineData("raft3")]
    public void Pair_that_is_appended_on_any_quiescent_process_reaches_all(string name)
    {
        Rest();

        Group.Actors[name].Tell(new Recorder.Append("key100", "value100"), TestActor);

        Group.AdvanceUntil(name, "append 5 key100=value100 own");
        Group.AdvanceUntil("raft2", "append 5 key100=value100");
        ExpectMsg<Outcome<int>>().OrThrow();
    }

    [Fact]
    public void Engine_of_the_leader_that_fails_is_noticed_and_another_one_leads()
    {
        Rest();

        Group.FailStore("raft1", "the disk is gone");

        Assert.Equal(["leader lost"], Group.AdvanceUntil("raft3", "leader lost"));
        Group.Actors["raft2"].Tell(new Recorder.Append("key100", "value100"), TestActor);
        Group.AdvanceUntil("raft2", "append 5 key100=value100 own");
        ExpectMsg<Outcome<int>>().OrThrow();
    }

    // The machine of raft1 falls silent. The node of raft2 notices it first, and raft2's pre-vote wakes raft3.
    [Fact]
    public void Process_that_a_pre_vote_woke_is_told_that_the_node_of_its_leader_is_silent()
    {
        Rest();
        var next = new Term(Group.StatusOf("raft3").Term + 1);
        Group.SayAs("raft2", "raft3", next, new Message.RequestVote(default, IsPreVote: true));

        Group.EngineOf("raft3").Tell(new PeerNews.Silent(VirtualGroup.MemberOf("raft1").Name), ActorRefs.NoSender);
        Group.Advance(2);

        // An election timeout has 20 ticks at least.
        Group.Watchers["raft3"].FishForMessage(told => told is "leader lost", TimeSpan.FromSeconds(30));
    }

    // Pairs 1 to 4 are preloaded on raft1, which leads.
    private void Rest()
    {
        Group.Found(4, 4);
        Group.Advance(200);
    }
}
