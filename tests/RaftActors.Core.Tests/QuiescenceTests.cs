using RaftActors.Core.Tests.Paper;

using static RaftActors.Core.Tests.Paper.Lab;

namespace RaftActors.Core.Tests;

/// <summary>When one process agrees to become quiescent, and which agreements its leader counts.</summary>
public sealed class QuiescenceTests
{
    [Fact]
    public void A_leader_is_quiescent_when_all_others_have_agreed()
    {
        var lab = Asking();

        Agree(lab, Raft2, 2);
        Assert.False(lab.Core.IsQuiescent);
        Agree(lab, Raft3, 2);

        Assert.True(lab.Core.IsQuiescent);
    }

    [Fact]
    public void A_late_agreement_to_a_shorter_log_is_not_counted()
    {
        var lab = Asking();
        lab.Propose("a");
        Acknowledge(lab, Raft2, 3);

        // Raft3 agreed at the end of the shorter log. Its reply comes between the commit and the acknowledgement of the new entry.
        Agree(lab, Raft3, 2);
        Acknowledge(lab, Raft3, 3);
        TickUntilAsked(lab);
        Agree(lab, Raft2, 3);
        Assert.False(lab.Core.IsQuiescent);

        Agree(lab, Raft3, 3);
        Assert.True(lab.Core.IsQuiescent);
    }

    [Fact]
    public void A_refusal_withdraws_an_agreement()
    {
        var lab = Asking();
        Agree(lab, Raft2, 2);

        lab.Receive(Raft2, 2, new Message.QuiesceReply(new LogIndex(2), Agrees: false));
        Agree(lab, Raft3, 2);

        Assert.False(lab.Core.IsQuiescent);
    }

    [Fact]
    public void A_peer_that_appears_withdraws_all_agreements()
    {
        var lab = Asking();
        Agree(lab, Raft2, 2);

        lab.Step(new Input.PeerReachable(Raft3.Name));
        Agree(lab, Raft3, 2);

        Assert.False(lab.Core.IsQuiescent);
    }

    [Fact]
    public void A_leader_checks_again_before_it_is_quiescent()
    {
        var lab = Asking();
        Agree(lab, Raft2, 2);

        Acknowledge(lab, Raft3, 2, priority: 1);
        Agree(lab, Raft3, 2);

        Assert.False(lab.Core.IsQuiescent);
    }

    [Fact]
    public void A_leader_does_not_ask_while_another_voter_should_lead()
    {
        var lab = Ready();

        Acknowledge(lab, Raft3, 2, priority: 1);
        lab.Tick(10);

        Assert.Empty(lab.SentTo<Message.Quiesce>(Raft2));
    }

    [Fact]
    public void A_leader_does_not_ask_while_a_read_waits_for_its_round()
    {
        var lab = Ready();

        lab.Step(new Input.Read(new ReadId(1)));
        lab.Tick(10);

        Assert.Empty(lab.SentTo<Message.Quiesce>(Raft2));
    }

    [Fact]
    public void A_leader_does_not_ask_while_it_transfers_the_leadership()
    {
        var lab = Ready();

        lab.Step(new Input.Transfer(Raft2.Name));
        lab.Tick(10);

        Assert.Empty(lab.SentTo<Message.Quiesce>(Raft3));
    }

    [Fact]
    public void A_silent_process_is_waited_for_twice_as_long_as_until_it_is_gone()
    {
        var lab = Ready();
        var gone = 2 * lab.Core.Options.GoneTicks;
        for (var tick = 1; tick < gone - 5; tick++)
        {
            lab.Tick(1);
            Agree(lab, Raft2, 2);
            Assert.False(lab.Core.IsQuiescent);
        }

        for (var tick = 0; tick < 15 && !lab.Core.IsQuiescent; tick++)
        {
            lab.Tick(1);
            Agree(lab, Raft2, 2);
        }

        Assert.True(lab.Core.IsQuiescent);
    }

    [Fact]
    public void A_reply_of_a_later_term_wakes_a_quiescent_leader()
    {
        var lab = Asking();
        Agree(lab, Raft2, 2);
        Agree(lab, Raft3, 2);

        lab.Receive(Raft3, 3, new Message.QuiesceReply(new LogIndex(2), Agrees: true));

        Assert.False(lab.Core.IsQuiescent);
        Assert.Equal(RaftRole.Follower, lab.Core.Role);
    }

    [Fact]
    public void A_follower_with_the_whole_log_agrees()
    {
        var lab = Follower();

        Ask(lab, Raft2, 1, At(1));

        Assert.True(Assert.Single(lab.SentTo<Message.QuiesceReply>(Raft2)).Agrees);
        Assert.True(lab.Core.IsQuiescent);
    }

    [Fact]
    public void A_follower_whose_log_ends_elsewhere_refuses()
    {
        var lab = Follower();

        Ask(lab, Raft2, 1, At(1, 1));

        AssertRefused(lab);
    }

    [Fact]
    public void A_follower_with_an_open_read_refuses()
    {
        var lab = Follower();
        lab.Step(new Input.Read(new ReadId(1)));

        Ask(lab, Raft2, 1, At(1));

        AssertRefused(lab);
    }

    [Fact]
    public void A_follower_with_a_write_under_way_refuses()
    {
        var lab = new Lab([1], with: WithQuiescence) { IsDiskSlow = true };
        lab.Append(Raft2, 2, At(1), [], commit: 1);

        Ask(lab, Raft2, 2, At(1));
        Assert.False(lab.Core.IsQuiescent);
        lab.FinishWrites();

        AssertRefused(lab);
    }

    [Fact]
    public void A_follower_answers_only_the_leader_of_its_term()
    {
        var lab = new Lab([1], with: WithQuiescence);
        lab.Append(Raft2, 2, At(1), [], commit: 1);

        Ask(lab, Raft2, 1, At(1));
        Ask(lab, Raft3, 2, At(1));

        Assert.DoesNotContain(lab.Sent, envelope => envelope.Body is Message.QuiesceReply);
        Assert.False(lab.Core.IsQuiescent);
    }

    [Fact]
    public void A_quiescent_follower_is_woken_by_the_silence_of_its_leader_and_of_no_other()
    {
        var lab = Follower();
        Ask(lab, Raft2, 1, At(1));

        lab.Lose(Raft3);
        Assert.True(lab.Core.IsQuiescent);
        lab.Lose(Raft2);

        Assert.False(lab.Core.IsQuiescent);
    }

    private static CoreOptions WithQuiescence(CoreOptions options) => options with { QuiesceTicks = 1 };

    private static Lab Follower()
    {
        var lab = new Lab([1], with: WithQuiescence);
        lab.Append(Raft2, 1, At(1), [], commit: 1);
        return lab;
    }

    // Leads in term 2. Both others have its log of two entries.
    private static Lab Ready()
    {
        var lab = new Lab([1], with: WithQuiescence);
        lab.Lead();
        Acknowledge(lab, Raft2, 2);
        Acknowledge(lab, Raft3, 2);
        return lab;
    }

    private static Lab Asking()
    {
        var lab = Ready();
        TickUntilAsked(lab);
        return lab;
    }

    private static void TickUntilAsked(Lab lab)
    {
        var before = lab.SentTo<Message.Quiesce>(Raft2).Count();
        for (var tick = 0; tick < 20 && lab.SentTo<Message.Quiesce>(Raft2).Count() == before; tick++)
        {
            lab.Tick(1);
        }

        Assert.NotEqual(before, lab.SentTo<Message.Quiesce>(Raft2).Count());
    }

    private static void Ask(Lab lab, Member leader, long term, LogPosition last) => lab.Receive(leader, term, new Message.Quiesce(last));

    private static void Agree(Lab lab, Member from, long last) =>
        lab.Receive(from, lab.Core.Term.Value, new Message.QuiesceReply(new LogIndex(last), Agrees: true));

    private static void Acknowledge(Lab lab, Member from, long index, int priority = 0) => lab.Receive(
        from,
        lab.Core.Term.Value,
        new Message.AppendEntriesReply(true, new LogIndex(index), default, IsAdmitted: true, Round: 0) { Priority = priority });

    private static void AssertRefused(Lab lab)
    {
        Assert.False(Assert.Single(lab.SentTo<Message.QuiesceReply>(Raft2)).Agrees);
        Assert.False(lab.Core.IsQuiescent);
    }
}
