using RaftActors.Core.Tests.Scenarios;
using static RaftActors.Core.Tests.Paper.Lab;

namespace RaftActors.Core.Tests.Paper;

/// <summary>Each start of a process has a boot number and a mark. Both are durable before any message depends on them.</summary>
public sealed class BootTests
{
    private static readonly Message Greeting = new Message.Greeting(default, Incarnation.None, IsReply: false);

    [Fact]
    public void No_message_is_sent_before_the_boot_is_durable()
    {
        var options = new CoreOptions { Self = Raft1, Roster = [Raft1.Name, Raft2.Name], FoundingUid = ScenarioGroup.GroupOf(1), Seed = 1 };
        var core = new RaftCore(options, InitialState.Empty);

        var write = Assert.IsType<Effect.Persist>(Assert.Single(core.Step(new Input.PeerReachable(Raft2.Name))));
        Assert.Equal(1, write.HardState!.Boot.Number);

        var sent = Assert.IsType<Effect.Send>(Assert.Single(core.Step(new Input.Persisted(write.Ticket))));
        Assert.Equal(write.HardState.Boot, sent.Envelope.Boot);
    }

    [Fact]
    public void A_later_boot_is_durable_before_its_message_is_answered()
    {
        var lab = new Lab([1]) { IsDiskSlow = true };

        lab.Receive(Raft2, 1, Greeting, new Boot(4, 44));
        Assert.DoesNotContain(lab.Done, line => line.StartsWith("->", StringComparison.Ordinal));

        lab.FinishWrites();
        Assert.Contains(lab.Done, line => line.StartsWith("->", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(4, 44, true)]
    [InlineData(5, 1, true)]
    [InlineData(4, 45, false)] // The same copy was started twice.
    [InlineData(3, 44, false)]
    public void A_vote_is_given_only_to_the_latest_recorded_boot_and_to_later_ones(long number, ulong mark, bool isGranted)
    {
        var lab = new Lab([1]);
        lab.Receive(Raft2, 1, Greeting, new Boot(4, 44));

        lab.Receive(Raft2, 2, new Message.RequestVote(At(1), IsPreVote: false), new Boot(number, mark));

        Assert.Equal(isGranted, lab.SentTo<Message.RequestVoteReply>(Raft2).Any(reply => reply.Granted));
        Assert.Equal(isGranted ? 0 : 1, lab.SentTo<Message.Refusal>(Raft2).Count(one => one.Reason == RefusalReason.RestoredDisk));
    }

    [Fact]
    public void A_reply_of_an_earlier_boot_is_not_counted_and_its_sender_is_refused()
    {
        var lab = new Lab([1]);
        lab.Campaign();
        lab.Receive(Raft3, 1, Greeting, new Boot(4, 44));
        lab.Sent.Clear();

        lab.Receive(Raft3, 2, new Message.RequestVoteReply(Granted: true, IsPreVote: false), new Boot(3, 33));
        Assert.Equal(RaftRole.Candidate, lab.Core.Role);
        Assert.Equal(new Boot(3, 33), Assert.Single(lab.SentTo<Message.Refusal>(Raft3)).Boot);

        lab.Receive(Raft3, 2, new Message.RequestVoteReply(Granted: true, IsPreVote: false), new Boot(4, 44));
        Assert.Equal(RaftRole.Leader, lab.Core.Role);
    }

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
    public void A_vote_answers_the_boot_of_its_request()
    {
        var lab = new Lab([1]);

        lab.Receive(Raft2, 2, new Message.RequestVote(At(1), IsPreVote: false), new Boot(4, 44));

        Assert.Equal(new Boot(4, 44), Assert.Single(lab.SentTo<Message.RequestVoteReply>(Raft2)).Asked);
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
        Assert.Contains($"transfer to {Raft3.Name} ended: NotLeader", lab.Done);
    }

    [Fact]
    public void A_refusal_of_another_boot_fences_no_process()
    {
        var lab = new Lab([1]);

        lab.Receive(Raft2, 1, new Message.Refusal(RefusalReason.RestoredDisk, Serial.Zero, new Boot(1, 1), "an old copy"));

        Assert.DoesNotContain(lab.Done, line => line.StartsWith("fenced", StringComparison.Ordinal));
    }
}
