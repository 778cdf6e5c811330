using static RaftActors.Core.Tests.Paper.Lab;

namespace RaftActors.Core.Tests.Paper;

/// <summary>Reads (§8, thesis §6.4, step by step), retries (thesis §6.3) and transfers (thesis §3.10).</summary>
public sealed class ClientTests
{
    private static readonly ReadId FirstRead = new(1);

    [Fact]
    public void A_leader_answers_no_read_before_an_entry_of_its_term_is_committed() // §8, step 1
    {
        var lab = new Lab([1, 1]);
        lab.Lead();

        lab.Step(new Input.Read(FirstRead));
        lab.Acknowledge(2);
        Assert.Empty(Answers(lab));

        lab.Acknowledge(3);
        Assert.Empty(Answers(lab));

        lab.Acknowledge(3, round: lab.SentTo<Message.AppendEntries>(Raft2).Max(request => request.Round));
        Assert.Equal(["read 1 may be answered at 3"], Answers(lab));
    }

    [Fact]
    public void A_read_is_answered_at_the_commit_index_of_its_request_or_later() // steps 2 and 4
    {
        var lab = Ready();
        lab.Step(new Input.Read(FirstRead));
        var round = lab.SentTo<Message.AppendEntries>(Raft2).Last().Round;

        lab.Propose("a");
        lab.Acknowledge(2, round);

        Assert.Equal(["read 1 may be answered at 2"], Answers(lab));
    }

    [Fact]
    public void A_leader_answers_a_read_only_after_a_majority_has_confirmed_it() // §8, step 3
    {
        var lab = Ready();

        lab.Step(new Input.Read(FirstRead));
        Assert.Empty(Answers(lab));

        var round = lab.SentTo<Message.AppendEntries>(Raft2).Last().Round;
        lab.Acknowledge(2, round - 1);
        Assert.Empty(Answers(lab));

        lab.Acknowledge(2, round);
        Assert.Single(Answers(lab));
    }

    [Fact]
    public void A_leader_that_learns_of_a_later_term_fails_its_reads() // §8
    {
        var lab = Ready();
        lab.Step(new Input.Read(FirstRead));

        lab.Receive(Raft3, 9, new Message.RequestVoteReply(Granted: false, IsPreVote: false));

        Assert.Equal(["read 1 failed"], Answers(lab));
    }

    [Fact]
    public void A_follower_asks_the_leader_before_it_answers_a_read() // thesis §6.4, last paragraph
    {
        var lab = new Lab([1]);
        lab.Append(Raft2, 1, At(1), [], commit: 1);

        lab.Step(new Input.Read(FirstRead));
        lab.Step(new Input.Read(new ReadId(2)));
        var question = Assert.Single(lab.SentTo<Message.ReadIndex>(Raft2));
        lab.Receive(Raft2, 1, new Message.ReadIndexReply(question.Id, new LogIndex(1)));

        Assert.Equal("read 1 may be answered at 1", Assert.Single(Answers(lab)));
        Assert.Equal(2, lab.SentTo<Message.ReadIndex>(Raft2).Count());
    }

    [Fact]
    public void A_repeated_request_is_answered_with_its_position_and_not_appended_again() // §8, thesis §6.3
    {
        var lab = Ready();
        lab.Propose("a");

        lab.Propose("a");

        Assert.Equal(new LogIndex(3), lab.Core.LastPosition.Index);
        Assert.Contains($"took {Raft1}/1 before, at 3 as serial 1", lab.Done);
    }

    [Fact]
    public void A_leader_finds_the_index_of_a_request_committed_or_not() // thesis §6.3
    {
        var lab = Ready();
        lab.Propose("a");
        Assert.Equal(new LogIndex(3), lab.Core.Find(new RequestId(Raft1, 1))?.Index);

        lab.Acknowledge(3);

        Assert.Equal(new LogIndex(3), lab.Core.Find(new RequestId(Raft1, 1))?.Index);
        Assert.Null(lab.Core.Find(new RequestId(Raft1, 2)));
        Assert.Null(lab.Core.Find(new RequestId(Raft2, 1)));
    }

    [Fact]
    public void A_transfer_target_is_told_to_campaign_when_it_has_the_whole_log_and_proposals_are_refused() // thesis §3.10
    {
        var lab = Ready();
        lab.Propose("a");

        lab.Step(new Input.Transfer(Raft2.Name));
        lab.Propose("b");
        Assert.Empty(lab.SentTo<Message.TimeoutNow>(Raft2));
        Assert.Equal(new LogIndex(3), lab.Core.LastPosition.Index);

        lab.Acknowledge(3);
        Assert.Single(lab.SentTo<Message.TimeoutNow>(Raft2));
    }

    [Fact]
    public void A_transfer_target_campaigns_at_once_and_voters_do_not_refuse_it_for_the_leaders_sake() // thesis §3.10
    {
        var lab = new Lab([1]);
        lab.Append(Raft2, 1, At(1), []);

        lab.Receive(Raft2, 1, Message.TimeoutNow.Instance);

        Assert.Equal((RaftRole.Candidate, new Term(2)), (lab.Core.Role, lab.Core.Term));
        Assert.True(lab.SentTo<Message.RequestVote>(Raft3).Single() is { IsPreVote: false, IsTransfer: true });

        var voter = new Lab([1]);
        voter.Append(Raft2, 1, At(1), []);
        voter.Receive(Raft3, 2, new Message.RequestVote(At(1), IsPreVote: false, IsTransfer: true));
        Assert.True(Assert.Single(voter.SentTo<Message.RequestVoteReply>(Raft3)).Granted);
    }

    [Fact]
    public void A_transfer_times_out_after_an_election_timeout_and_the_leader_takes_proposals_again() // thesis §3.10
    {
        var lab = Ready();
        lab.Step(new Input.Transfer(Raft3.Name));

        for (var i = 0; i < 8; i++)
        {
            lab.Tick(5);
            lab.Acknowledge(2);
        }

        lab.Propose("a");

        Assert.Contains(lab.Done, line => line.EndsWith("TimedOut", StringComparison.Ordinal));
        Assert.Equal((RaftRole.Leader, new LogIndex(3)), (lab.Core.Role, lab.Core.LastPosition.Index));
    }

    private static Lab Ready()
    {
        var lab = new Lab([1]);
        lab.Lead();
        lab.Acknowledge(2);
        return lab;
    }

    private static IEnumerable<string> Answers(Lab lab) => lab.Done.Where(line => line.StartsWith("read ", StringComparison.Ordinal));
}
