namespace RaftActors.Core.Tests.Paper;

/// <summary>A comparison of two logs counts only if it is current and neither log has compacted the index.</summary>
public sealed class ComparisonTests
{
    /// <summary>A log may have been replaced since that term.</summary>
    [Fact]
    public void A_comparison_of_an_earlier_term_is_not_answered()
    {
        var lab = new Lab([1, 1, 1]);
        lab.Lead();
        lab.Sent.Clear();

        lab.Receive(Raft3, 1, new Message.ComparePrefix(LogIndex.Zero, new LogIndex(3), At(1, 1, 1) with { Hash = 9 }));

        Assert.Empty(lab.Sent);
    }

    [Fact]
    public void A_compacted_index_is_not_reported_as_a_difference()
    {
        var lab = Compacted();

        lab.Receive(Raft2, 1, new Message.ComparePrefix(LogIndex.Zero, new LogIndex(3), At(1, 1)));

        Assert.Empty(lab.Sent);
    }

    /// <summary>All entries there are compacted, so they are not compared.</summary>
    [Fact]
    public void A_leader_whose_log_differs_where_the_own_log_begins_is_told_so()
    {
        var lab = Compacted();

        lab.Append(Raft2, 1, lab.Core.Base with { Hash = 9 }, []);

        Assert.Equal(RefusalReason.Diverged, Assert.Single(lab.SentTo<Message.Refusal>(Raft2)).Reason);
    }

    [Fact]
    public void A_reported_difference_that_the_own_log_refutes_is_ignored()
    {
        var lab = new Lab([1, 1, 1]);
        lab.Lead();
        lab.Acknowledge(4);
        lab.Sent.Clear();

        var report = new Message.Refusal(RefusalReason.Diverged, new Serial(1), default, "late")
        {
            Index = new LogIndex(2),
            Hash = At(1, 1).Hash,
        };
        lab.Receive(Raft3, 2, report);
        lab.Tick(5);

        Assert.Empty(lab.SentTo<Message.Refusal>(Raft3));
        Assert.NotEmpty(lab.SentTo<Message.AppendEntries>(Raft3));
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(0, false)]
    public void A_process_without_a_known_group_is_compared_if_its_log_has_entries_of_a_leader(long term, bool isCompared)
    {
        var lab = new Lab([1, 1, 1], configured: usual => usual with { Voters = [Raft1, Raft2], Learners = [Raft3] });
        lab.Lead();
        lab.Acknowledge(4);
        void Receive(Message body) => lab.Step(new Input.Receive(new Envelope(Raft3, Raft1, GroupUid.None, new Term(2), default, body)));

        Receive(new Message.Greeting(At(1, 1) with { Term = new Term(term), Hash = 9 }, default, IsReply: true));
        Receive(new Message.Refusal(RefusalReason.Diverged, new Serial(1), default, "differs") { Index = new LogIndex(2), Hash = 9 });

        Assert.Equal(isCompared, lab.SentTo<Message.Refusal>(Raft3).Any(refusal => refusal.Reason == RefusalReason.Outvoted));
    }

    /// <summary>Returns a log without entries, which begins after a snapshot of raft2.</summary>
    private static Lab Compacted()
    {
        var lab = new Lab([1, 1, 1]);
        var snapshot = new Snapshot(At(1, 1, 1, 1, 1), new LogIndex(1), lab.Core.Configuration, [], 1);
        lab.Receive(Raft2, 1, new Message.SnapshotChunk(snapshot, 0, 0, [], new byte[1], snapshot.Position.Serial, 0));
        lab.Sent.Clear();
        return lab;
    }
}
