using RaftActors.Core.Tests.Harness;
using static RaftActors.Core.Tests.Paper.Lab;

namespace RaftActors.Core.Tests.Paper;

/// <summary>Changes of the configuration, and who is counted under it (§6, thesis chapter 4).</summary>
public sealed class MembershipTests
{
    private static readonly Message Greeting = new Message.Greeting(default, Incarnation.None, IsReply: false);

    [Fact]
    public void A_vote_of_another_life_is_not_counted_for_the_voter_of_that_name()
    {
        var lab = new Lab([1]);
        lab.Campaign();

        lab.Receive(AnotherLifeOf(Raft2, 2), 2, new Message.RequestVoteReply(Granted: true, IsPreVote: false));
        Assert.Equal(RoleKind.Candidate, lab.Core.Role);

        lab.Receive(Raft3, 2, new Message.RequestVoteReply(Granted: true, IsPreVote: false));
        Assert.Equal(RoleKind.Leader, lab.Core.Role);
    }

    /// <summary>
    /// It may be another life of a process that has voted in a later term already, and so has promised to take nothing of this one.
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

        Assert.Equal((RoleKind.Candidate, new Term(3)), (lab.Core.Role, lab.Core.Term));
    }

    [Fact]
    public void An_answer_of_an_older_term_is_not_counted()
    {
        var lab = new Lab([1]);
        lab.Lead();

        lab.Receive(Raft2, 1, new Message.AppendEntriesReply(true, new LogIndex(2), default, IsAdmitted: true));
        Assert.Equal(LogIndex.Zero, lab.Core.CommitIndex);

        lab.Receive(Raft2, 2, new Message.AppendEntriesReply(true, new LogIndex(2), default, IsAdmitted: true));
        Assert.Equal(new LogIndex(2), lab.Core.CommitIndex);
    }

    /// <summary>
    /// Otherwise two leaders could each commit a change of their own (the bug of 2015 in changes without a joint configuration).
    /// </summary>
    [Fact]
    public void A_leader_changes_the_configuration_only_after_an_entry_of_its_own_term_is_committed()
    {
        var lab = new Lab([1]);
        lab.Append(Raft3, 1, At(1), [], commit: 1);
        lab.Lead();

        lab.Receive(AnotherLifeOf(Raft3, 2), 1, Greeting);
        Assert.Equal("1 2", lab.Terms());

        lab.Receive(Raft2, 2, new Message.AppendEntriesReply(true, new LogIndex(2), default, IsAdmitted: true));
        Assert.Equal(AnotherLifeOf(Raft3, 2), Assert.Single(lab.Core.Configuration.Followers));
    }

    [Fact]
    public void A_leader_changes_the_configuration_only_after_the_last_change_is_committed()
    {
        var lab = new Lab([1]);
        lab.Lead();
        lab.Receive(Raft2, 2, new Message.AppendEntriesReply(true, new LogIndex(2), default, IsAdmitted: true));
        lab.Receive(AnotherLifeOf(Raft3, 2), 1, Greeting);

        lab.Receive(AnotherLifeOf(Raft3, 3), 1, Greeting);
        Assert.Equal(AnotherLifeOf(Raft3, 2), Assert.Single(lab.Core.Configuration.Followers));

        lab.Receive(Raft2, 2, new Message.AppendEntriesReply(true, new LogIndex(3), default, IsAdmitted: true));
        Assert.Equal(AnotherLifeOf(Raft3, 3), Assert.Single(lab.Core.Configuration.Followers));
    }

    /// <summary>A founder that has not committed yet does not name its group; its first entry does.</summary>
    [Fact]
    public void A_configuration_of_another_group_is_not_taken()
    {
        var lab = new Lab([1]);
        var other = new Payload.Reconfigure(lab.Core.Configuration with { Group = new GroupUid(new Guid(7, 0, 0, new byte[8])) });

        lab.Append(Raft2, 9, At(1), [new LogEntry(new LogIndex(2), new Term(9), Serial.Zero, other)]);

        Assert.Equal(RefusalReason.OtherGroup, Assert.Single(lab.SentTo<Message.Refusal>(Raft2)).Reason);
        Assert.Equal(("1", new Term(1)), (lab.Terms(), lab.Core.Term));
    }

    private static Member AnotherLifeOf(Member member, int life) => member with { Incarnation = SimulatedProcess.IncarnationOf(life) };
}
