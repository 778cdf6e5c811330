using RaftActors.Core.Tests.Harness;
using static RaftActors.Core.Tests.Paper.Lab;

namespace RaftActors.Core.Tests.Paper;

/// <summary>Changes of the configuration, and the votes and acknowledgements that count under it (§6, thesis chapter 4).</summary>
public sealed class MembershipTests
{
    private static readonly Message Greeting = new Message.Greeting(default, Incarnation.None, IsReply: false);

    [Fact]
    public void A_vote_of_another_incarnation_is_not_counted_for_the_voter()
    {
        var lab = new Lab([1]);
        lab.Campaign();

        lab.Receive(WithIncarnation(Raft2, 2), 2, new Message.RequestVoteReply(Granted: true, IsPreVote: false));
        Assert.Equal(RaftRole.Candidate, lab.Core.Role);

        lab.Receive(Raft3, 2, new Message.RequestVoteReply(Granted: true, IsPreVote: false));
        Assert.Equal(RaftRole.Leader, lab.Core.Role);
    }

    /// <summary>
    /// Another incarnation of that process may have voted in a later term. Then it must not acknowledge entries of this one.
    /// </summary>
    [Fact]
    public void Entries_on_the_disk_of_an_incarnation_that_may_not_vote_are_not_counted()
    {
        var lab = new Lab([1]);
        lab.Lead();

        lab.Receive(Raft2, 2, new Message.AppendEntriesReply(true, new LogIndex(2), default, IsAdmitted: false));
        Assert.Equal(LogIndex.Zero, lab.Core.CommitIndex);

        lab.Receive(Raft2, 2, new Message.AppendEntriesReply(true, new LogIndex(2), default, IsAdmitted: true));
        Assert.Equal(new LogIndex(2), lab.Core.CommitIndex);
    }

    [Fact]
    public void A_vote_of_an_older_term_is_not_counted()
    {
        var lab = new Lab([1]);
        lab.Campaign();
        lab.Campaign();

        lab.Receive(Raft3, 2, new Message.RequestVoteReply(Granted: true, IsPreVote: false));

        Assert.Equal((RaftRole.Candidate, new Term(3)), (lab.Core.Role, lab.Core.Term));
    }

    [Fact]
    public void A_reply_of_an_older_term_is_not_counted()
    {
        var lab = new Lab([1]);
        lab.Lead();

        lab.Receive(Raft2, 1, new Message.AppendEntriesReply(true, new LogIndex(2), default, IsAdmitted: true));
        Assert.Equal(LogIndex.Zero, lab.Core.CommitIndex);

        lab.Receive(Raft2, 2, new Message.AppendEntriesReply(true, new LogIndex(2), default, IsAdmitted: true));
        Assert.Equal(new LogIndex(2), lab.Core.CommitIndex);
    }

    /// <summary>
    /// Without this rule two leaders could each commit their own change (the bug of 2015 in single-server changes).
    /// </summary>
    [Fact]
    public void A_leader_changes_the_configuration_only_after_an_entry_of_its_own_term_is_committed()
    {
        var lab = new Lab([1]);
        lab.Append(Raft3, 1, At(1), [], commit: 1);
        lab.Lead();

        lab.Lose(Raft3);
        lab.Receive(WithIncarnation(Raft3, 2), 1, Greeting);
        Assert.Equal("1 2", lab.Terms());

        lab.Receive(Raft2, 2, new Message.AppendEntriesReply(true, new LogIndex(2), default, IsAdmitted: true));
        Assert.Equal(WithIncarnation(Raft3, 2), Assert.Single(lab.Core.Configuration.Learners));
    }

    [Fact]
    public void A_leader_changes_the_configuration_only_after_the_last_change_is_committed()
    {
        var lab = new Lab([1]);
        lab.Lead();
        lab.Receive(Raft2, 2, new Message.AppendEntriesReply(true, new LogIndex(2), default, IsAdmitted: true));
        lab.Receive(WithIncarnation(Raft3, 2), 1, Greeting);

        lab.Lose(Raft3);
        lab.Receive(WithIncarnation(Raft3, 3), 1, Greeting);
        Assert.Equal(WithIncarnation(Raft3, 2), Assert.Single(lab.Core.Configuration.Learners));

        lab.Receive(Raft2, 2, new Message.AppendEntriesReply(true, new LogIndex(3), default, IsAdmitted: true));
        Assert.Equal(WithIncarnation(Raft3, 3), Assert.Single(lab.Core.Configuration.Learners));
    }

    /// <summary>A founder's messages carry no group before its founding is committed; its first entry does.</summary>
    [Fact]
    public void A_configuration_of_another_group_is_refused()
    {
        var lab = new Lab([1]);
        var other = new Payload.Reconfigure(lab.Core.Configuration with { Group = new GroupUid(new Guid(7, 0, 0, new byte[8])) });

        lab.Append(Raft2, 9, At(1), [new LogEntry(new LogIndex(2), new Term(9), Serial.Zero, other)]);

        Assert.Equal(RefusalReason.OtherGroup, Assert.Single(lab.SentTo<Message.Refusal>(Raft2)).Reason);
        Assert.Equal(("1", new Term(1)), (lab.Terms(), lab.Core.Term));
    }

    /// <summary>Thesis §4.1: a server uses the latest configuration in its log, whether it is committed or not.</summary>
    [Fact]
    public void A_configuration_is_in_force_until_it_is_truncated()
    {
        var lab = new Lab([1]);
        var before = lab.Core.Configuration;

        lab.Append(Raft2, 1, At(1), [Without(lab, Raft3, 2, 1)]);
        Assert.False(lab.Core.Configuration.HasName(Raft3.Name));

        lab.Append(Raft3, 2, At(1), Entries(2, 2));
        Assert.Equal(before, lab.Core.Configuration);
    }

    /// <summary>The configuration may still be truncated, and then another incarnation of the process be admitted.</summary>
    [Fact]
    public void A_new_incarnation_may_vote_only_when_a_configuration_that_holds_it_is_committed()
    {
        var self = WithIncarnation(Raft1, 2);
        var lab = new Lab(
            [1], with: options => options with { Self = self }, stored: state => state with { IsAdmitted = false });
        var holding = new Payload.Reconfigure(lab.Core.Configuration with { Learners = [self] });

        lab.Append(Raft2, 1, At(1), [new LogEntry(new LogIndex(2), new Term(1), Serial.Zero, holding)], commit: 1);
        Assert.Equal((true, false), (lab.Core.Configuration.Holds(self), lab.Core.IsAdmitted));

        lab.Append(Raft2, 1, lab.Core.LastPosition, [], commit: 2);
        Assert.True(lab.Core.IsAdmitted);
    }

    /// <summary>The removal may still be truncated, and until its commit the process may be needed.</summary>
    [Fact]
    public void A_removed_process_is_heard_until_its_removal_is_committed()
    {
        var lab = new Lab([1]);
        var candidacy = new Message.RequestVote(At(1), IsPreVote: true);
        var entry = Without(lab, Raft3, 2, 1);
        lab.Append(Raft2, 1, At(1), [entry]);

        lab.Receive(Raft3, 2, candidacy);
        Assert.Single(lab.SentTo<Message.RequestVoteReply>(Raft3));

        lab.Append(Raft2, 1, lab.Core.LastPosition, [], commit: 2);
        lab.Receive(Raft3, 2, candidacy);
        Assert.Single(lab.SentTo<Message.RequestVoteReply>(Raft3));
        Assert.Equal(RefusalReason.Removed, Assert.Single(lab.SentTo<Message.Refusal>(Raft3)).Reason);
    }

    /// <summary>Thesis §4.1: a server takes entries of a leader that is not part of its latest configuration.</summary>
    [Fact]
    public void A_leader_outside_the_roster_is_followed()
    {
        var lab = new Lab([1]);

        lab.Append(Stranger, 2, At(1), Entries(2, 2));

        Assert.True(Assert.Single(lab.SentTo<Message.AppendEntriesReply>(Stranger)).Accepted);
        Assert.Equal(Stranger, lab.Core.Leader);
    }

    /// <summary>
    /// Thesis §4.1: a server votes for a candidate outside its latest configuration. Only a longer log can hold a later configuration.
    /// </summary>
    [Fact]
    public void A_candidate_outside_the_roster_gets_the_vote_if_its_log_is_longer()
    {
        var lab = new Lab([1, 1]);

        lab.Receive(Stranger, 2, new Message.RequestVote(At(1, 1), IsPreVote: false));
        Assert.Empty(lab.SentTo<Message.RequestVoteReply>(Stranger));

        lab.Receive(Stranger, 2, new Message.RequestVote(At(1, 1, 1), IsPreVote: false));
        Assert.True(Assert.Single(lab.SentTo<Message.RequestVoteReply>(Stranger)).Granted);
    }

    /// <summary>
    /// The vote is the first message of that process. So the record of its incarnation is not durable when the vote is counted.
    /// </summary>
    [Fact]
    public void The_vote_of_a_voter_that_was_not_heard_before_is_counted()
    {
        var lab = new Lab([1]);
        var configuration = lab.Core.Configuration with { Size = 4, Voters = [Raft1, Raft2, Raft3, Stranger] };
        lab.Append(Raft2, 1, At(1), [new LogEntry(new LogIndex(2), new Term(1), Serial.Zero, new Payload.Reconfigure(configuration))]);
        lab.Campaign();
        lab.Receive(Raft3, 2, new Message.RequestVoteReply(Granted: true, IsPreVote: true));
        lab.Receive(Raft2, 2, new Message.RequestVoteReply(Granted: true, IsPreVote: false));
        Assert.Equal(RaftRole.Candidate, lab.Core.Role);

        lab.Receive(Stranger, 2, new Message.RequestVoteReply(Granted: true, IsPreVote: false));

        Assert.Equal(RaftRole.Leader, lab.Core.Role);
    }

    private static Member Stranger => new(new ProcessName("raft9@x"), SimulatedProcess.IncarnationOf(1));

    /// <summary>Returns a configuration entry that removes this member.</summary>
    private static LogEntry Without(Lab lab, Member member, long index, long term)
    {
        var configuration = lab.Core.Configuration;
        var next = configuration with { Size = 2, Voters = configuration.Voters.Remove(member), OldVoters = [] };
        return new LogEntry(new LogIndex(index), new Term(term), Serial.Zero, new Payload.Reconfigure(next));
    }

    private static Member WithIncarnation(Member member, int number) =>
        member with { Incarnation = SimulatedProcess.IncarnationOf(number) };
}
