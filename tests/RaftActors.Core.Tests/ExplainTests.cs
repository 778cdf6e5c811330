using RaftActors.Core.Tests.Paper;

namespace RaftActors.Core.Tests;

/// <summary>Explanations that no scenario can produce with correct processes. The others are in <c>testdata/explain</c>.</summary>
public sealed class ExplainTests
{
    [Fact]
    public void An_explanation_names_disks_that_have_the_entry_and_are_not_counted()
    {
        var lab = new Lab([1]);
        lab.Lead();
        lab.Propose("a");

        lab.Receive(Raft2, 2, new Message.AppendEntriesReply(true, new LogIndex(3), default, IsAdmitted: false));

        var reasons = lab.Core.ExplainSerial(new Serial(1));
        Assert.Contains(reasons, reason => reason.EndsWith($"and is on those of {Raft1}", StringComparison.Ordinal));
        Assert.Contains($"{Raft2} may not vote yet, and is not counted", reasons);
    }

    [Fact]
    public void A_fenced_process_explains_why()
    {
        var fence = Fence.RestoredDisk;
        var self = new Member(Raft1.Name, Raft1.Incarnation);
        var state = InitialState.Empty with { HardState = InitialState.Empty.HardState with { Fence = fence } };
        var core = new RaftCore(
            new CoreOptions { Self = self, Roster = [self.Name], FoundingUid = new GroupUid(new Guid(1, 0, 0, new byte[8])), Seed = 1 },
            state);

        Assert.Equal($"this process is fenced: {fence}", Assert.Single(core.ExplainLeader()));
    }

    [Fact]
    public void An_explanation_changes_nothing()
    {
        var (asked, other) = (new Lab([1]), new Lab([1]));
        for (var i = 0; i < 100; i++)
        {
            asked.Core.ExplainLeader();
            asked.Core.ExplainMembership();
            asked.Core.ExplainSerial(new Serial(1));
            asked.Step(Input.Tick.Instance);
            other.Step(Input.Tick.Instance);
        }

        Assert.Equal(other.Done, asked.Done);
    }
}
