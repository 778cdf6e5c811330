namespace RaftActors.Core.Tests.Paper;

/// <summary>Changes of the configuration, and the votes and acknowledgements that count under it (§6, thesis chapter 4).</summary>
public sealed class MembershipTests
{
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
    public void A_reply_of_an_older_term_is_not_counted()
    {
        var lab = new Lab([1]);
        lab.Lead();

        lab.Receive(Raft2, 1, new Message.AppendEntriesReply(true, new LogIndex(2), default, IsAdmitted: true));
        Assert.Equal(LogIndex.Zero, lab.Core.CommitIndex);

        lab.Receive(Raft2, 2, new Message.AppendEntriesReply(true, new LogIndex(2), default, IsAdmitted: true));
        Assert.Equal(new LogIndex(2), lab.Core.CommitIndex);
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

        lab.Append(Unnamed, 2, At(1), Entries(2, 2));

        Assert.True(Assert.Single(lab.SentTo<Message.AppendEntriesReply>(Unnamed)).Accepted);
        Assert.Equal(Unnamed, lab.Core.Leader);
    }

    private static Member Unnamed => new(new ProcessName("raft9@x"), SimulatedProcess.IncarnationOf(1));

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
