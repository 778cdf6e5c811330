using RaftActors.Core.Tests.Scenarios;

namespace RaftActors.Core.Tests.Paper;

/// <summary>Each start of a process has a boot number and a mark. Both are durable before any message depends on them.</summary>
public sealed class BootTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_vote_that_a_former_life_asked_for_elects_nobody(bool isPreVote)
    {
        var lab = new Lab([1]);
        lab.Campaign();
        var boot = lab.Core.Boot;
        if (isPreVote)
        {
            lab = new Lab([1]);
            lab.TimeOut();
        }

        // A restored copy has the number of its former life, and another mark.
        lab.Receive(Raft2, 2, new Message.RequestVoteReply(Granted: true, isPreVote, boot with { Mark = boot.Mark + 1 }));
        Assert.Equal(isPreVote ? RaftRole.PreCandidate : RaftRole.Candidate, lab.Core.Role);

        lab.Receive(Raft2, 2, new Message.RequestVoteReply(Granted: true, isPreVote, boot));
        Assert.Equal(isPreVote ? RaftRole.Candidate : RaftRole.Leader, lab.Core.Role);
    }

    [Fact]
    public void A_transfer_ends_when_the_leader_is_fenced()
    {
        var lab = new Lab([1]);
        lab.Lead();
        lab.Step(new Input.Transfer(Raft3.Name));
        Assert.True(lab.Core.IsTransferring);

        lab.Receive(Raft2, 2, new Message.Refusal(RefusalReason.RestoredDisk, Serial.Zero, lab.Sent[^1].Boot, "an old copy"));

        Assert.NotNull(lab.Core.Fence);
        Assert.Contains($"transfer to {Raft3.Name} ended: NoLeader", lab.Done);
    }
}
