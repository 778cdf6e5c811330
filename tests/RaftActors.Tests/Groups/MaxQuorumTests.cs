using Akka.Configuration;
using Akka.TestKit.Xunit2;

using RaftActors.Core;

namespace RaftActors.Tests.Groups;

/// <summary>The group has one maximum of its quorum, whatever its processes have in their settings.</summary>
public sealed class MaxQuorumTests : TestKit
{
    private readonly VirtualGroup _group;

    public MaxQuorumTests()
        : base(VirtualGroup.Config) =>
        _group = new VirtualGroup(this);

    [Fact]
    public void Founder_records_its_maximum_and_a_process_with_another_one_logs_that_once()
    {
        EventFilter.Info("raft2@node1: at most 3 may vote, as the group has recorded: raft.quorum.max = 5 of this process does not count")
            .ExpectOne(() => Found(first: 3, others: 5));

        Assert.All(["raft1", "raft2", "raft3"], name => Assert.Equal(3, _group.StatusOf(name).MaxQuorum));
    }

    [Fact]
    public void Process_explains_the_maximum_of_the_group()
    {
        Found(first: 3, others: 5);

        Assert.Contains("at most 3 may vote", ExplanationOf("raft1"));
        Assert.Contains(
            "at most 3 may vote, as the group has recorded: raft.quorum.max = 5 of this process does not count", ExplanationOf("raft2"));
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
        var before = _group.StatusOf("raft2").MembersAt;
        Take("raft4");

        Set("raft2", 5, before);

        Assert.Contains($"it was based on the configuration at {before}", ExpectMsg<Outcome<Membership>>().NotDone().Detail);
    }

    private static RaftOptions<string> WithMax(int max) => new() { Settings = ConfigurationFactory.ParseString($"quorum.max = {max}") };

    private void Found(int first, int others)
    {
        _group.Start("raft1", WithMax(first));
        _group.Start("raft2", WithMax(others));
        _group.Start("raft3", WithMax(others));
        _group.AdvanceUntil("raft3", "led by raft1 at 0");
        _group.Advance(5);
    }

    private void Take(string name)
    {
        _group.StartJoining(name);
        _group.Actors["raft2"].Tell(new Recorder.Join(new ProcessName($"{name}@node1")), TestActor);
        _group.AdvanceUntil(name, "quorum of 3, learner");
        ExpectMsg<Outcome<Membership>>().OrThrow();
        _group.Advance(60);
    }

    private void Set(string name, int max, LogIndex? basedOn = null)
    {
        _group.Actors[name].Tell(new Recorder.SetMaxQuorum(max, basedOn), TestActor);
        _group.AwaitIdle();
        _group.Advance(2);
    }

    private string[] ExplanationOf(string name)
    {
        _group.Actors[name].Tell(new Recorder.Explain(), TestActor);
        return ExpectMsg<Outcome<string>>().Result.Split('\n');
    }
}
