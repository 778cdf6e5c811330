using RaftActors.Core.Tests.Harness;
using static RaftActors.Core.Tests.Paper.Lab;

namespace RaftActors.Core.Tests.Paper;

/// <summary>Figure 2 of the paper, rule by rule, in its order. Index 1 of each log holds the configuration.</summary>
public sealed class PaperTests
{
    // State.
    [Fact]
    public void Term_and_vote_are_durable_before_the_answer_to_a_request()
    {
        var lab = new Lab([1]) { IsDiskSlow = true };

        lab.Receive(Raft2, 2, new Message.RequestVote(At(1), IsPreVote: false));
        Assert.Empty(lab.Sent);

        lab.FinishWrites();
        Assert.True(Assert.Single(lab.SentTo<Message.RequestVoteReply>(Raft2)).Granted);
    }

    [Fact]
    public void Entries_are_durable_before_the_answer_to_AppendEntries()
    {
        var lab = new Lab([1]);
        lab.Append(Raft2, 1, At(1), []);
        lab.Sent.Clear();

        lab.IsDiskSlow = true;
        lab.Append(Raft2, 1, At(1), Entries(2, 1));
        Assert.Empty(lab.Sent);

        lab.FinishWrites();
        Assert.Equal(new LogIndex(2), Assert.Single(lab.SentTo<Message.AppendEntriesReply>(Raft2)).Match);
    }

    // AppendEntries RPC, receiver implementation.
    [Fact]
    public void AppendEntries_of_an_older_term_is_refused_and_changes_nothing() // 1, §5.1
    {
        var lab = new Lab([1, 3]);

        lab.Append(Raft2, 2, At(1), Entries(2, 2));

        var envelope = Assert.Single(lab.Sent);
        Assert.False(Assert.IsType<Message.AppendEntriesReply>(envelope.Body).Accepted);
        Assert.Equal(new Term(3), envelope.Term);
        Assert.Equal("1 3", lab.Terms());
    }

    [Fact]
    public void AppendEntries_after_a_missing_entry_is_refused() // 2, §5.3
    {
        var lab = new Lab([1, 1]);

        lab.Append(Raft2, 2, At(1, 1, 1), Entries(4, 2));
        lab.Append(Raft2, 2, At(1, 2), Entries(3, 2));

        Assert.All(lab.SentTo<Message.AppendEntriesReply>(Raft2), reply => Assert.False(reply.Accepted));
        Assert.Equal("1 1", lab.Terms());
    }

    [Fact]
    public void A_conflicting_entry_is_truncated_with_all_entries_after_it() // 3, §5.3
    {
        var lab = new Lab([1, 1, 1, 1]);

        lab.Append(Raft2, 2, At(1, 1), Entries(3, 2));

        Assert.Equal("1 1 2", lab.Terms());
    }

    [Fact]
    public void Entries_already_in_the_log_are_kept_with_all_entries_after_them() // 4
    {
        var lab = new Lab([1, 1, 1, 1]);

        lab.Append(Raft2, 1, At(1), Entries(2, 1));
        Assert.Equal("1 1 1 1", lab.Terms());

        lab.Append(Raft2, 1, At(1, 1), Entries(3, 1, 1, 1));
        Assert.Equal("1 1 1 1 1", lab.Terms());
    }

    [Fact]
    public void An_entry_of_the_same_term_with_other_content_is_refused_and_overwrites_nothing() // §5.3, Log Matching
    {
        var lab = new Lab([1, 1, 1]);
        var before = lab.Core.LastPosition;
        var other = FoundedGroup.Entry(3, 1, FoundedGroup.Pair(term: 1, serial: 99));

        lab.Append(Raft2, 1, At(1, 1), [other]);

        var refusal = Assert.Single(lab.SentTo<Message.Refusal>(Raft2));
        Assert.Equal((RefusalReason.Diverged, new Serial(2)), (refusal.Reason, refusal.Serial));
        Assert.Equal(before, lab.Core.LastPosition);
    }

    [Fact]
    public void The_commit_index_follows_the_leaders_up_to_the_last_new_entry() // 5
    {
        var lab = new Lab([1, 1, 1, 1]);

        lab.Append(Raft2, 2, At(1), Entries(2, 1), commit: 4);
        Assert.Equal(new LogIndex(2), lab.Core.CommitIndex);

        lab.Append(Raft2, 2, At(1, 1, 1, 1), [], commit: 3);
        Assert.Equal(new LogIndex(3), lab.Core.CommitIndex);
    }

    // RequestVote RPC, receiver implementation.
    [Fact]
    public void A_vote_for_an_older_term_is_refused() // 1, §5.1
    {
        var lab = new Lab([1, 3]);

        lab.Receive(Raft2, 2, new Message.RequestVote(At(1, 3, 3), IsPreVote: false));

        Assert.False(Assert.Single(lab.SentTo<Message.RequestVoteReply>(Raft2)).Granted);
    }

    [Fact]
    public void A_vote_is_given_once_in_a_term_and_again_to_the_same_candidate() // 2, §5.2
    {
        var lab = new Lab([1]);

        lab.Receive(Raft2, 2, new Message.RequestVote(At(1), IsPreVote: false));
        lab.Receive(Raft3, 2, new Message.RequestVote(At(1), IsPreVote: false));
        lab.Receive(Raft2, 2, new Message.RequestVote(At(1), IsPreVote: false));

        Assert.All(lab.SentTo<Message.RequestVoteReply>(Raft2), reply => Assert.True(reply.Granted));
        Assert.False(Assert.Single(lab.SentTo<Message.RequestVoteReply>(Raft3)).Granted);
    }

    [Theory]
    [InlineData(new long[] { 1, 2 }, false)] // An older last term.
    [InlineData(new long[] { 1, 2, 2, 2, 2 }, false)]
    [InlineData(new long[] { 1, 3 }, false)] // A shorter log of the same last term.
    [InlineData(new long[] { 1, 3, 3 }, true)]
    [InlineData(new long[] { 1, 3, 3, 3 }, true)]
    [InlineData(new long[] { 1, 4 }, true)]
    public void A_vote_is_given_only_to_a_log_at_least_as_up_to_date(long[] candidate, bool isGranted) // 2, §5.4.1
    {
        var lab = new Lab([1, 3, 3]);

        lab.Receive(Raft2, 5, new Message.RequestVote(At(candidate), IsPreVote: false));

        Assert.Equal(isGranted, Assert.Single(lab.SentTo<Message.RequestVoteReply>(Raft2)).Granted);
    }

    // Rules for all servers.
    [Fact]
    public void Committed_entries_are_delivered_in_order_and_once()
    {
        var lab = new Lab([1, 1, 1]);

        lab.Append(Raft2, 2, At(1, 1, 1), [], commit: 2);
        lab.Append(Raft2, 2, At(1, 1, 1), Entries(4, 2), commit: 4);
        lab.Append(Raft2, 2, At(1, 1, 1), Entries(4, 2), commit: 4);

        Assert.Equal([1, 2, 3, 4], lab.Committed.Select(entry => entry.Index.Value));
    }

    [Fact]
    public void A_later_term_in_a_reply_turns_a_leader_into_a_follower() // §5.1
    {
        var lab = new Lab([1]);
        lab.Lead();

        lab.Receive(Raft3, 9, new Message.AppendEntriesReply(false, default, default, IsAdmitted: true));

        Assert.Equal((RaftRole.Follower, new Term(9)), (lab.Core.Role, lab.Core.Term));
    }

    // Followers.
    [Fact]
    public void A_follower_campaigns_only_when_it_hears_no_leader() // §5.2
    {
        var lab = new Lab([1]);
        for (var i = 0; i < 100; i++)
        {
            lab.Append(Raft2, 1, At(1), []);
            lab.Step(Input.Tick.Instance);
        }

        Assert.Equal(RaftRole.Follower, lab.Core.Role);
        lab.TimeOut();
        Assert.Equal(RaftRole.PreCandidate, lab.Core.Role);
    }

    // Candidates.
    [Fact]
    public void A_candidate_raises_its_term_votes_for_itself_and_asks_all_others() // §5.2
    {
        var lab = new Lab([1]);

        lab.Campaign();

        Assert.Equal((RaftRole.Candidate, new Term(2)), (lab.Core.Role, lab.Core.Term));
        Assert.Contains(lab.Done, line => line.StartsWith("persists #2 term 2 vote raft1", StringComparison.Ordinal));
        Assert.Equal([true, false], lab.SentTo<Message.RequestVote>(Raft2).Select(request => request.IsPreVote));
        Assert.Equal([true, false], lab.SentTo<Message.RequestVote>(Raft3).Select(request => request.IsPreVote));
    }

    [Fact]
    public void A_candidates_own_vote_counts_when_it_is_durable_and_a_majority_makes_it_leader() // §5.2
    {
        var lab = new Lab([1]);
        lab.TimeOut();
        lab.IsDiskSlow = true;
        lab.Campaign();
        lab.Receive(Raft2, 2, new Message.RequestVoteReply(Granted: true, IsPreVote: false));
        Assert.Equal(RaftRole.Candidate, lab.Core.Role);

        lab.FinishWrites();
        Assert.Equal(RaftRole.Leader, lab.Core.Role);
    }

    [Fact]
    public void A_candidate_follows_a_leader_of_its_term() // §5.2
    {
        var lab = new Lab([1]);
        lab.Campaign();

        lab.Append(Raft3, 2, At(1), []);

        Assert.Equal((RaftRole.Follower, Raft3), (lab.Core.Role, lab.Core.Leader));
    }

    [Fact]
    public void A_candidate_without_a_majority_tries_again() // §5.2
    {
        var lab = new Lab([1]);
        lab.Campaign();

        lab.Campaign();

        Assert.Equal((RaftRole.Candidate, new Term(3)), (lab.Core.Role, lab.Core.Term));
    }

    // Leaders.
    [Fact]
    public void A_leader_sends_AppendEntries_at_once_and_at_every_heartbeat() // §5.2
    {
        var lab = new Lab([1]);
        lab.Lead();
        Assert.Single(lab.SentTo<Message.AppendEntries>(Raft2));

        for (var i = 0; i < 10; i++)
        {
            lab.Step(Input.Tick.Instance);
        }

        Assert.Equal(3, lab.SentTo<Message.AppendEntries>(Raft2).Count());
    }

    [Fact]
    public void A_leader_appends_a_command_and_delivers_it_when_it_is_committed() // §5.3
    {
        var lab = new Lab([1]);
        lab.Lead();

        lab.Propose("a");
        Assert.Contains(lab.Done, line => line.StartsWith("accepted", StringComparison.Ordinal));
        Assert.Empty(lab.Committed);

        lab.Receive(Raft2, 2, new Message.AppendEntriesReply(true, new LogIndex(3), default, IsAdmitted: true));
        Assert.Equal([1, 2, 3], lab.Committed.Select(entry => entry.Index.Value));
    }

    [Fact]
    public void A_leader_sends_from_the_next_index_and_goes_back_after_a_refusal() // §5.3
    {
        var lab = new Lab([1, 1, 1]);
        lab.Lead();
        Assert.Equal(new LogIndex(3), lab.SentTo<Message.AppendEntries>(Raft2).Last().Previous.Index);

        lab.Receive(Raft2, 2, new Message.AppendEntriesReply(false, new LogIndex(1), new Term(1), IsAdmitted: true));

        Assert.Equal([2, 3, 4], lab.SentTo<Message.AppendEntries>(Raft2).Last().Entries.Select(entry => entry.Index.Value));
    }

    [Fact]
    public void A_leader_does_not_commit_entries_of_an_older_term_by_counting() // §5.4.2
    {
        var lab = new Lab([1, 1]);
        lab.Lead();

        lab.Receive(Raft2, 2, new Message.AppendEntriesReply(true, new LogIndex(2), default, IsAdmitted: true));
        lab.Receive(Raft3, 2, new Message.AppendEntriesReply(true, new LogIndex(2), default, IsAdmitted: true));
        Assert.Equal(LogIndex.Zero, lab.Core.CommitIndex);

        lab.Receive(Raft3, 2, new Message.AppendEntriesReply(true, new LogIndex(3), default, IsAdmitted: true));
        Assert.Equal(new LogIndex(3), lab.Core.CommitIndex);
    }

    [Fact]
    public void A_configuration_is_in_force_as_soon_as_it_is_in_the_log() // §6
    {
        var lab = new Lab([1]);
        var next = lab.Core.Configuration with { Voters = [Raft1, Raft2], Learners = [Raft3] };

        lab.Append(Raft2, 1, At(1), [new LogEntry(new LogIndex(2), new Term(1), Serial.Zero, new Payload.Reconfigure(next))]);

        Assert.Equal((next, LogIndex.Zero), (lab.Core.Configuration, lab.Core.CommitIndex));
    }
}
