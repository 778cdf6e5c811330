using RaftActors.Core.Tests.Paper;

namespace RaftActors.Core.Tests;

/// <summary>When one process agrees to become quiescent, and which agreements its leader counts.</summary>
public sealed class QuiescenceTests
{
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

        TickUntilAsked(lab);
        Agree(lab, Raft3, 2);
        Assert.False(lab.Core.IsQuiescent);
        Agree(lab, Raft2, 2);
        Assert.True(lab.Core.IsQuiescent);
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

    [Theory]
    [InlineData("a read waits for its round")]
    [InlineData("another voter should lead")]
    [InlineData("a process refuses the log")]
    [InlineData("it transfers the leadership")]
    [InlineData("a learner may soon get a vote")]
    [InlineData("a voter is to step back")]
    public void A_leader_does_not_ask_while_work_is_left(string work)
    {
        var lab = Ready(work switch
        {
            "a learner may soon get a vote" => usual => usual with { Voters = [Raft1, Raft2], Learners = [Raft3] },
            "a voter is to step back" => usual => usual with { Size = 1 },
            _ => null,
        });
        switch (work)
        {
            case "a read waits for its round":
                lab.Step(new Input.Read(new ReadId(1)));
                break;
            case "another voter should lead":
                Acknowledge(lab, Raft3, 2, priority: 1);
                break;
            case "a process refuses the log":
                lab.Receive(
                    Raft3, 2, new Message.Refusal(RefusalReason.Diverged, default, default, "") { Index = new LogIndex(2), Hash = 9 });
                break;
            case "it transfers the leadership":
                lab.Step(new Input.Transfer(Raft2.Name));
                break;
        }

        lab.Tick(10);

        Assert.DoesNotContain(lab.Sent, envelope => envelope.Body is Message.Quiesce);
    }

    [Fact]
    public void The_priority_of_a_learner_does_not_keep_the_leader_awake()
    {
        var lab = Ready(usual => usual with { Size = 1, Voters = [Raft1], Learners = [Raft2, Raft3] });
        Acknowledge(lab, Raft3, 2, priority: 1);

        for (var tick = 0; tick < lab.Core.Options.StableTicks + 20; tick++)
        {
            lab.Tick(1);
            Acknowledge(lab, Raft2, 2);
            Acknowledge(lab, Raft3, 2, priority: 1);
        }

        Assert.NotEmpty(lab.SentTo<Message.Quiesce>(Raft2));
    }

    [Fact]
    public void A_learner_that_is_gone_is_not_waited_for()
    {
        var lab = Ready(usual => usual with { Voters = [Raft1, Raft2], Learners = [Raft3] });
        for (var tick = 0; tick < 3 * lab.Core.Options.GoneTicks && !lab.Core.IsQuiescent; tick++)
        {
            lab.Tick(1);
            Agree(lab, Raft2, 2);
        }

        Assert.True(lab.Core.IsQuiescent);
    }

    [Fact]
    public void A_repeated_agreement_or_acknowledgement_does_not_wake_a_quiescent_leader_but_a_refusal_does()
    {
        var lab = Quiescent();

        Agree(lab, Raft2, 2);
        Acknowledge(lab, Raft2, 2);
        Assert.True(lab.Core.IsQuiescent);
        lab.Receive(Raft2, 2, new Message.QuiesceReply(new LogIndex(2), Agrees: false));

        Assert.False(lab.Core.IsQuiescent);
    }

    // It is asleep itself, and no one watches it: without the leader it would lack the new entry until the next work of the group.
    [Fact]
    public void An_agreement_to_a_shorter_log_by_a_process_that_was_gone_wakes_a_quiescent_leader()
    {
        var lab = Asking();
        lab.Propose("a");
        Acknowledge(lab, Raft2, 3);
        for (var tick = 0; tick < 3 * lab.Core.Options.GoneTicks && !lab.Core.IsQuiescent; tick++)
        {
            lab.Tick(1);
            Agree(lab, Raft2, 3);
        }

        Assert.True(lab.Core.IsQuiescent);
        lab.Sent.Clear();

        Agree(lab, Raft3, 2);

        Assert.False(lab.Core.IsQuiescent);
        Assert.Single(lab.SentTo<Message.AppendEntries>(Raft3));
    }

    [Fact]
    public void A_process_that_looks_for_the_end_of_its_log_wakes_a_quiescent_leader()
    {
        var lab = Quiescent();

        lab.Receive(Raft2, 2, new Message.AppendEntriesReply(false, new LogIndex(2), default, IsAdmitted: true));

        Assert.False(lab.Core.IsQuiescent);
    }

    [Fact]
    public void A_follower_that_wakes_waits_a_whole_election_timeout()
    {
        var lab = Follower();
        Ask(lab, Raft2, 1, At(1));
        var timeout = lab.Core.Options.ElectionTimeoutMinTicks;
        lab.Tick(10 * timeout);

        lab.Step(Input.Wake.Instance);

        Assert.True(lab.TicksUntilTimeOut() >= timeout);
    }

    /// <summary>The tick at which the read counts as a stall has an effect.</summary>
    [Fact]
    public void A_process_does_not_rest_while_a_read_of_its_store_is_outstanding()
    {
        var lab = Follower();
        Assert.True(lab.Core.TicksUntilDue > 1);

        lab.Step(new Input.StoreReads(IsReading: true));
        Assert.Equal(1, lab.Core.TicksUntilDue);
        lab.Step(new Input.StoreReads(IsReading: false));

        Assert.True(lab.Core.TicksUntilDue > 1);
    }

    [Fact]
    public void A_quiescent_process_counts_no_skipped_ticks()
    {
        var lab = Follower();
        Ask(lab, Raft2, 1, At(1));
        var timeout = lab.Core.Options.ElectionTimeoutMinTicks;
        lab.Core.Skip(10 * timeout);

        lab.Step(Input.Wake.Instance);

        Assert.True(lab.TicksUntilTimeOut() >= timeout);
    }

    [Fact]
    public void A_question_of_another_leader_or_at_another_place_wakes_a_quiescent_follower()
    {
        foreach (var (leader, last) in new[] { (Raft3, At(1)), (Raft2, At(1, 1)) })
        {
            var lab = Follower();
            Ask(lab, Raft2, 1, At(1));
            Assert.True(lab.Core.IsQuiescent);

            Ask(lab, leader, 1, last);

            Assert.False(lab.Core.IsQuiescent);
        }
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
    public void A_follower_with_an_open_read_refuses()
    {
        var lab = Follower();
        lab.Step(new Input.Read(new ReadId(1)));

        Ask(lab, Raft2, 1, At(1));

        Assert.False(Assert.Single(lab.SentTo<Message.QuiesceReply>(Raft2)).Agrees);
        Assert.False(lab.Core.IsQuiescent);
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
    public void A_follower_that_a_pre_vote_wakes_is_watched_until_it_campaigns()
    {
        var lab = WokenByPreVote();

        lab.TimeOut();

        Assert.False(lab.Core.IsWatched);
    }

    [Fact]
    public void Only_a_follower_is_watched_while_it_is_awake()
    {
        var lab = Quiescent();

        lab.Step(Input.Wake.Instance);

        Assert.False(lab.Core.IsWatched);
    }

    private static CoreOptions WithQuiescence(CoreOptions options) => options with { QuiesceTicks = 1 };

    private static Lab Follower()
    {
        var lab = new Lab([1], with: WithQuiescence);
        lab.Append(Raft2, 1, At(1), [], commit: 1);
        return lab;
    }

    // Follows raft2 in term 1. The node of raft3 hears nothing from that of raft2, and this one's has not noticed yet.
    private static Lab WokenByPreVote()
    {
        var lab = Follower();
        Ask(lab, Raft2, 1, At(1));
        lab.Receive(Raft3, 2, new Message.RequestVote(At(1), IsPreVote: true));
        Assert.False(lab.Core.IsQuiescent);
        return lab;
    }

    // Leads in term 2. Both others have its log of two entries.
    private static Lab Ready(Func<Configuration, Configuration>? configured = null)
    {
        var lab = new Lab([1], with: WithQuiescence, configured: configured);
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

    private static Lab Quiescent()
    {
        var lab = Asking();
        Agree(lab, Raft2, 2);
        Agree(lab, Raft3, 2);
        Assert.True(lab.Core.IsQuiescent);
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
}
