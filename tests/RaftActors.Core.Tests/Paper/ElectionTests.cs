using static RaftActors.Core.Tests.Paper.Lab;

namespace RaftActors.Core.Tests.Paper;

/// <summary>Rules of §5.1 and §5.2 that Figure 2 does not contain, and the thesis on disruptive servers (§4.2.3).</summary>
public sealed class ElectionTests
{
    /// <summary>The candidate asks each process once in a term. Otherwise both would wait for an election timeout.</summary>
    [Fact]
    public void Vote_that_was_refused_for_the_leaders_sake_is_given_when_a_later_term_ends_that_leader()
    {
        var lab = new Lab([1]);
        lab.Append(Raft3, 1, At(1), []);
        lab.Receive(Raft2, 2, new Message.RequestVote(At(1), IsPreVote: false));
        Assert.False(Assert.Single(lab.SentTo<Message.RequestVoteReply>(Raft2)).Granted);

        lab.Receive(Raft2, 2, new Message.RequestVoteReply(Granted: false, IsPreVote: true));

        Assert.Equal([false, true], lab.SentTo<Message.RequestVoteReply>(Raft2).Select(reply => reply.Granted));
        Assert.Equal(new Term(2), lab.Core.Term);
    }

    [Fact]
    public void A_candidate_that_learns_of_a_later_term_becomes_a_follower() // §5.1
    {
        var lab = new Lab([1]);
        lab.Campaign();

        lab.Receive(Raft3, 7, new Message.RequestVoteReply(Granted: false, IsPreVote: false));

        Assert.Equal((RaftRole.Follower, new Term(7)), (lab.Core.Role, lab.Core.Term));
    }

    [Fact]
    public void A_candidate_ignores_a_leader_of_an_older_term() // §5.2
    {
        var lab = new Lab([1]);
        lab.Campaign();

        lab.Append(Raft3, 1, At(1), []);

        Assert.Equal(RaftRole.Candidate, lab.Core.Role);
        Assert.False(Assert.Single(lab.SentTo<Message.AppendEntriesReply>(Raft3)).Accepted);
    }

    [Fact]
    public void Election_timeouts_are_drawn_from_the_whole_interval() // §5.2
    {
        Lab WithSeed(int seed) => new([1], with: options => options with { Seed = (ulong)seed });
        var timeouts = Enumerable.Range(1, 300).Select(seed => WithSeed(seed).TicksUntilTimeOut()).ToList();

        Assert.Equal((20, 40), (timeouts.Min(), timeouts.Max()));
        Assert.Equal(21, timeouts.Distinct().Count());
    }

    [Fact]
    public void A_candidate_that_cannot_win_does_not_delay_another_campaign() // Figure 2, followers
    {
        var lab = new Lab([1, 1]);

        for (var term = 2; term <= 6; term++)
        {
            lab.Tick(10);
            lab.Receive(Raft2, term, new Message.RequestVote(At(1), IsPreVote: false));
        }

        Assert.Contains(lab.SentTo<Message.RequestVote>(Raft3), request => request.IsPreVote);
    }

    [Fact]
    public void A_vote_is_refused_within_the_minimum_election_timeout_after_a_leader_was_heard() // §6, thesis §4.2.3
    {
        var lab = new Lab([1]);
        lab.Append(Raft2, 1, At(1), []);

        lab.Receive(Raft3, 2, new Message.RequestVote(At(1), IsPreVote: false));

        Assert.False(Assert.Single(lab.SentTo<Message.RequestVoteReply>(Raft3)).Granted);
        Assert.Equal(new Term(1), lab.Core.Term);
    }

    [Fact]
    public void A_leader_that_hears_no_majority_for_an_election_timeout_steps_down() // thesis §6.2
    {
        var lab = new Lab([1]);
        lab.Lead();

        lab.Tick(41);

        Assert.NotEqual(RaftRole.Leader, lab.Core.Role);
    }

    [Fact]
    public void A_leader_of_three_that_one_follower_answers_does_not_step_down() // thesis §6.2
    {
        var lab = new Lab([1]);
        lab.Lead();

        for (var i = 0; i < 20; i++)
        {
            lab.Tick(5);
            lab.Acknowledge(2);
        }

        Assert.Equal(RaftRole.Leader, lab.Core.Role);
    }

    [Fact]
    public void A_term_is_raised_only_after_a_majority_would_vote_for_it() // thesis §9.6
    {
        var lab = new Lab([1]);

        lab.TimeOut();
        Assert.Equal((RaftRole.PreCandidate, new Term(1)), (lab.Core.Role, lab.Core.Term));

        lab.Receive(Raft2, 1, new Message.RequestVoteReply(Granted: false, IsPreVote: true));
        Assert.Equal(new Term(1), lab.Core.Term);

        lab.Receive(Raft3, 2, new Message.RequestVoteReply(Granted: true, IsPreVote: true));
        Assert.Equal((RaftRole.Candidate, new Term(2)), (lab.Core.Role, lab.Core.Term));
    }

    [Fact]
    public void A_pre_vote_binds_no_voter() // thesis §9.6
    {
        var lab = new Lab([1]);

        lab.Receive(Raft2, 2, new Message.RequestVote(At(1), IsPreVote: true));
        lab.Receive(Raft3, 2, new Message.RequestVote(At(1), IsPreVote: true));

        Assert.True(Assert.Single(lab.SentTo<Message.RequestVoteReply>(Raft2)).Granted);
        Assert.True(Assert.Single(lab.SentTo<Message.RequestVoteReply>(Raft3)).Granted);
        Assert.Equal(new Term(1), lab.Core.Term);
    }

    [Fact]
    public void A_pre_vote_is_refused_to_an_older_log() // thesis §9.6
    {
        var lab = new Lab([1, 2]);

        lab.Receive(Raft2, 3, new Message.RequestVote(At(1, 1, 1), IsPreVote: true));

        Assert.False(Assert.Single(lab.SentTo<Message.RequestVoteReply>(Raft2)).Granted);
    }

    [Fact]
    public void A_leader_sends_the_same_entries_again_until_they_are_acknowledged() // §5.3: "retries indefinitely"
    {
        var lab = new Lab([1]);
        lab.Lead();
        lab.Acknowledge(2);
        lab.Receive(Raft3, 2, new Message.AppendEntriesReply(true, new LogIndex(2), default, IsAdmitted: true));
        lab.Propose("a");
        lab.Sent.Clear();

        for (var i = 0; i < 20; i++)
        {
            lab.Tick(5);
            lab.Acknowledge(2);
            var hasPrevious = lab.SentTo<Message.AppendEntries>(Raft3).Last().Previous.Index <= new LogIndex(2);
            lab.Receive(Raft3, 2, new Message.AppendEntriesReply(hasPrevious, new LogIndex(2), new Term(2), IsAdmitted: true));
        }

        Assert.True(lab.SentTo<Message.AppendEntries>(Raft3).Count(request => request.Entries.Length == 1) > 10);
    }

    [Fact]
    public void An_entry_may_be_committed_before_the_leaders_own_disk_has_it() // thesis §10.2.1
    {
        var lab = new Lab([1]);
        lab.Lead();
        lab.IsDiskSlow = true;

        lab.Propose("a");
        lab.Acknowledge(3);
        Assert.Equal(new LogIndex(2), lab.Core.CommitIndex);

        lab.Receive(Raft3, 2, new Message.AppendEntriesReply(true, new LogIndex(3), default, IsAdmitted: true));
        Assert.Equal(new LogIndex(3), lab.Core.CommitIndex);
    }
}
