namespace RaftActors.Core.Tests.Paper;

/// <summary>Verdicts that fence a process, and reports that count for one, beyond the scenarios of <c>testdata/divergence</c>.</summary>
public sealed class VerdictTests
{
    [Fact]
    public void A_verdict_about_an_index_without_an_observed_difference_fences_no_process()
    {
        var lab = new Lab([1, 1]);

        lab.Receive(Raft2, 1, new Message.Refusal(RefusalReason.Outvoted, new Serial(1), default, "mistaken"));

        Assert.Null(lab.Core.Fence);
    }

    [Fact]
    public void A_process_that_reported_a_difference_is_no_witness_for_the_log()
    {
        var lab = new Lab([1, 1, 1]);
        lab.Lead();
        lab.Acknowledge(4);
        bool IsOutvoted() => lab.SentTo<Message.Refusal>(Raft2).Any(refusal => refusal.Reason == RefusalReason.Outvoted);

        var report = new Message.Refusal(RefusalReason.Diverged, new Serial(1), default, "differs") { Index = new LogIndex(2), Hash = 9 };
        lab.Receive(Raft2, 2, report);
        Assert.False(IsOutvoted()); // One against one.

        lab.Receive(Raft3, 2, new Message.AppendEntriesReply(true, new LogIndex(4), default, IsAdmitted: true));
        lab.Tick(5);
        Assert.True(IsOutvoted());
    }

    /// <summary>It may have compacted these entries, and then it never compared them.</summary>
    [Fact]
    public void A_process_that_acknowledges_only_entries_of_older_terms_is_no_witness()
    {
        var lab = new Lab([1, 1, 1]);
        lab.Lead();
        var report = new Message.Refusal(RefusalReason.Diverged, new Serial(1), default, "differs") { Index = new LogIndex(2), Hash = 9 };
        lab.Receive(Raft2, 2, report);

        lab.Receive(Raft3, 2, new Message.AppendEntriesReply(true, new LogIndex(3), default, IsAdmitted: true));
        lab.Tick(5);

        Assert.DoesNotContain(lab.SentTo<Message.Refusal>(Raft2), refusal => refusal.Reason == RefusalReason.Outvoted);
    }

    [Fact]
    public void A_report_of_an_earlier_term_deposes_no_leader()
    {
        var lab = new Lab([1, 1, 1]);
        lab.Lead();
        var report = new Message.Refusal(RefusalReason.Diverged, new Serial(1), default, "differs") { Index = new LogIndex(2), Hash = 9 };

        lab.Receive(Raft2, 1, report);
        lab.Sent.Clear();
        lab.Tick(5);

        Assert.NotEmpty(lab.SentTo<Message.AppendEntries>(Raft2));
    }

    [Fact]
    public void A_verdict_on_a_log_that_a_snapshot_has_replaced_fences_no_process()
    {
        var lab = new Lab([1, 1, 1]);
        lab.Append(Raft2, 1, At(1, 1), [FoundedGroup.Entry(3, 1, FoundedGroup.Pair(term: 1, serial: 99))]);
        var snapshot = new Snapshot(At(1, 1, 1, 1, 1), new LogIndex(1), lab.Core.Configuration, [], 1);
        lab.Receive(Raft2, 1, new Message.SnapshotChunk(snapshot, 0, 0, [], new byte[1], snapshot.Position.Serial, 0));
        Assert.Equal(snapshot.Position, lab.Core.Base);

        lab.Receive(Raft2, 1, new Message.Refusal(RefusalReason.Outvoted, new Serial(2), default, "late"));

        Assert.Null(lab.Core.Fence);
    }
}
