namespace RaftActors.Core.Tests.Paper;

/// <summary>Confirmation of leadership, leases, transfers and variations (thesis §3.10, §6.2, §6.4, §9.6).</summary>
public sealed class LeadershipTests
{
    private const string Answered = "read 7 may be answered at 2";

    private static readonly LeaseOptions Lease = new(MaxDriftPercent: 10);

    [Fact]
    public void A_round_of_reads_is_confirmed_by_a_refusal_of_entries_too()
    {
        var lab = Leading();
        lab.Step(new Input.Read(new ReadId(7)));

        lab.Receive(Raft3, 2, new Message.AppendEntriesReply(false, new LogIndex(1), new Term(1), IsAdmitted: true, Round: 1));

        Assert.Contains(Answered, lab.Done);
    }

    [Fact]
    public void A_late_acknowledgement_of_fewer_entries_lowers_no_match()
    {
        var lab = new Lab([1]);
        lab.Lead();
        lab.Acknowledge(2);

        lab.Acknowledge(1);

        Assert.Equal(new PeerMatch(Raft2, new LogIndex(2)), lab.Core.Matches[0]);
    }

    /// <summary>Another incarnation of that process may already have voted for another leader.</summary>
    [Fact]
    public void A_round_of_reads_is_not_confirmed_by_an_incarnation_that_may_not_vote()
    {
        var lab = Leading();
        lab.Step(new Input.Read(new ReadId(7)));

        lab.Receive(Raft3, 2, new Message.AppendEntriesReply(true, new LogIndex(1), default, IsAdmitted: false, Round: 1));
        Assert.DoesNotContain(Answered, lab.Done);

        lab.Receive(Raft2, 2, new Message.AppendEntriesReply(true, new LogIndex(2), default, IsAdmitted: true, Round: 1));
        Assert.Contains(Answered, lab.Done);
    }

    [Fact]
    public void With_leases_a_step_without_the_time_throws()
    {
        var lab = new Lab([1], with: options => options with { Lease = Lease });
        lab.Now = default;

        Assert.Throws<ArgumentException>(() => lab.Step(Input.Tick.Instance));
    }

    /// <summary>In term 0 no leader was ever heard, so a founding is not delayed.</summary>
    [Theory]
    [InlineData(1, 190_000, false)]
    [InlineData(1, 0, true)]
    [InlineData(0, 190_000, true)]
    public void A_starting_process_is_bound_by_the_promise_of_an_earlier_start_unless_its_term_is_zero(long term, long promise, bool isFree)
    {
        var lab = new Lab([term], stored: state => state with { Promise = promise });

        lab.Receive(Raft3, 2, new Message.RequestVote(At(2), IsPreVote: false));

        Assert.Equal(isFree, Assert.Single(lab.SentTo<Message.RequestVoteReply>(Raft3)).Granted);
    }

    /// <summary>The first tick may come at once. So a promise of 19 ticks needs 20, and one of a microsecond more needs 21.</summary>
    [Theory]
    [InlineData(190_000, 20)]
    [InlineData(190_001, 21)]
    public void A_promise_of_an_earlier_start_is_kept_in_the_ticks_of_this_one(long promise, int ticks)
    {
        var lab = new Lab(
            [1], stored: state => state with { Promise = promise }, with: options => options with { TickMicroseconds = 10_000 });
        lab.Receive(Raft3, 2, new Message.RequestVote(At(2), IsPreVote: false));

        lab.Tick(ticks - 1);
        Assert.DoesNotContain(lab.SentTo<Message.RequestVoteReply>(Raft3), reply => reply.Granted);

        lab.Tick(1);
        Assert.Contains(lab.SentTo<Message.RequestVoteReply>(Raft3), reply => reply.Granted);
        Assert.Equal(0, lab.HardState!.Promise);
    }

    [Fact]
    public void A_leader_that_is_heard_shortens_no_promise_of_an_earlier_start()
    {
        var lab = new Lab(
            [1],
            stored: state => state with { Promise = 190_000 },
            with: options => options with
            {
                Lease = Lease,
                TickMicroseconds = 10_000,
                ElectionTimeoutMinTicks = 6,
                ElectionTimeoutMaxTicks = 12,
            });
        lab.Append(Raft2, 1, At(1), []);
        lab.Tick(13);

        lab.Receive(Raft3, 2, new Message.RequestVote(At(2), IsPreVote: false));
        Assert.DoesNotContain(lab.SentTo<Message.RequestVoteReply>(Raft3), reply => reply.Granted);

        lab.Tick(7);
        Assert.Contains(lab.SentTo<Message.RequestVoteReply>(Raft3), reply => reply.Granted);
    }

    [Fact]
    public void A_process_records_its_promise_before_it_tells_it()
    {
        var lab = new Lab([1], with: options => options with { Lease = Lease, TickMicroseconds = 10_000 });
        Assert.Equal(190_000, lab.HardState!.Promise);

        lab.Append(Raft2, 1, At(1), []);

        Assert.Equal(190_000, Assert.Single(lab.SentTo<Message.AppendEntriesReply>(Raft2)).Promise);
    }

    [Fact]
    public void TimeoutNow_is_obeyed_only_from_the_leader_of_the_current_term()
    {
        var lab = new Lab([1], term: 2);
        lab.Receive(Raft2, 2, Message.TimeoutNow.Instance);
        lab.Append(Raft2, 2, At(1), []);
        lab.Receive(Raft2, 1, Message.TimeoutNow.Instance);
        lab.Receive(Raft3, 2, Message.TimeoutNow.Instance);
        Assert.Equal((RaftRole.Follower, new Term(2)), (lab.Core.Role, lab.Core.Term));

        lab.Receive(Raft2, 2, Message.TimeoutNow.Instance);
        Assert.Equal((RaftRole.Candidate, new Term(3)), (lab.Core.Role, lab.Core.Term));
        Assert.True(Assert.Single(lab.SentTo<Message.RequestVote>(Raft3)).IsTransfer);
    }

    [Fact]
    public void Without_pre_vote_a_process_whose_timer_expired_campaigns_at_once()
    {
        var lab = new Lab([1], with: options => options with { Variations = new RaftVariations(PreVote: false) });
        for (var i = 0; i < 40 && lab.Core.Role == RaftRole.Follower; i++)
        {
            lab.Step(Input.Tick.Instance);
        }

        Assert.Equal((RaftRole.Candidate, new Term(2)), (lab.Core.Role, lab.Core.Term));
    }

    [Theory]
    [InlineData(true, RaftRole.PreCandidate)]
    [InlineData(false, RaftRole.Leader)]
    public void Without_check_quorum_a_leader_without_replies_keeps_leading(bool checkQuorum, RaftRole role)
    {
        var lab = new Lab([1], with: options => options with { Variations = new RaftVariations(CheckQuorum: checkQuorum) });
        lab.Lead();
        for (var i = 0; i < 100; i++)
        {
            lab.Step(Input.Tick.Instance);
        }

        Assert.Equal(role, lab.Core.Role);
    }

    [Theory]
    [InlineData(true, "1 2")]
    [InlineData(false, "1")]
    public void Without_no_op_a_leader_opens_its_term_without_an_entry(bool noOp, string terms)
    {
        var lab = new Lab([1], with: options => options with { Variations = new RaftVariations(NoOp: noOp) });
        lab.Lead();

        Assert.Equal(terms, lab.Terms());
    }

    private static Lab Leading()
    {
        var lab = new Lab([1]);
        lab.Lead();
        lab.Receive(Raft2, 2, new Message.AppendEntriesReply(true, new LogIndex(2), default, IsAdmitted: true));
        return lab;
    }
}
