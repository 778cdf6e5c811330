namespace RaftActors.Core.Tests.Paper;

/// <summary>Figure 13 of the paper, the rules for the receiver of InstallSnapshot, and the rest of §7.</summary>
public sealed class SnapshotTests
{
    [Fact]
    public void A_snapshot_that_is_durable_after_a_newer_one_is_ignored()
    {
        var lab = new Lab([1, 1, 1], with: options => options with { RetainedEntries = 0 });
        lab.Append(Raft2, 1, At(1, 1, 1), [], commit: 3);
        var (older, newer) = (lab.Core.DescribeSnapshot(new LogIndex(2), 10), lab.Core.DescribeSnapshot(new LogIndex(3), 10));

        lab.Step(new Input.SnapshotTaken(newer));
        lab.Step(new Input.SnapshotTaken(older));

        Assert.Equal(newer, lab.Core.Snapshot);
    }

    [Fact]
    public void A_reply_about_another_snapshot_does_not_move_the_transfer()
    {
        var lab = SendingSnapshot();
        var sent = Chunks(lab);

        lab.Receive(Raft3, 2, new Message.SnapshotChunkReply(At(1, 1, 1), 20, 0));
        Assert.Equal(sent, Chunks(lab));
        lab.Receive(Raft3, 2, new Message.SnapshotChunkReply(lab.Core.Snapshot!.Position, 20, 0));

        Assert.Equal(sent + 2, Chunks(lab));
    }

    [Fact]
    public void A_reply_of_an_older_term_does_not_move_the_transfer()
    {
        var lab = SendingSnapshot();
        var sent = Chunks(lab);

        lab.Receive(Raft3, 1, new Message.SnapshotChunkReply(lab.Core.Snapshot!.Position, 20, 0));

        Assert.Equal(sent, Chunks(lab));
    }

    [Fact]
    public void A_candidate_takes_the_snapshot_of_a_leader_of_its_term()
    {
        var lab = new Lab([1]);
        lab.Campaign();

        lab.Receive(Raft3, 2, Chunk(lab, At(1, 1, 1), 0, 10));

        Assert.Equal(Raft3, lab.Core.Leader);
        Assert.Equal(["0"], Stored(lab));
    }

    [Fact]
    public void A_transfer_ends_when_its_receiver_has_more_than_the_snapshot()
    {
        var lab = SendingSnapshot();
        lab.Propose("a");

        lab.Receive(Raft3, 2, new Message.AppendEntriesReply(true, new LogIndex(5), default, IsAdmitted: true));
        lab.Propose("b");

        Assert.Equal(new LogIndex(5), lab.SentTo<Message.AppendEntries>(Raft3).Last().Previous.Index);
    }

    [Fact]
    public void A_transfer_keeps_no_heartbeat_from_the_processes_after_its_receiver()
    {
        var lab = new Lab([1, 1, 1], with: options => options with { RetainedEntries = 0, KeepsQuorum = false });
        lab.Lead();
        lab.Receive(Raft3, 2, new Message.AppendEntriesReply(true, new LogIndex(4), default, IsAdmitted: true));
        lab.Step(new Input.SnapshotTaken(lab.Core.DescribeSnapshot(new LogIndex(4), 1000)));
        lab.Receive(Raft2, 2, new Message.AppendEntriesReply(false, new LogIndex(1), new Term(1), IsAdmitted: true));
        lab.Sent.Clear();

        lab.Tick(lab.Core.Options.HeartbeatTicks);

        Assert.NotEmpty(lab.SentTo<Message.SnapshotChunk>(Raft2));
        Assert.NotEmpty(lab.SentTo<Message.AppendEntries>(Raft3));
    }

    [Fact]
    public void The_log_is_not_kept_for_a_process_that_is_silent_after_its_snapshot()
    {
        var lab = SendingSnapshot();
        lab.Step(new Input.Propose([.. "ab".Select(key => new Payload.Pair(null, $"{key}", default))]));
        lab.Acknowledge(6);
        lab.Receive(Raft3, 2, new Message.AppendEntriesReply(true, new LogIndex(4), default, IsAdmitted: true));
        lab.Step(new Input.SnapshotTaken(lab.Core.DescribeSnapshot(new LogIndex(6), 10)));
        Assert.Equal(new LogIndex(4), lab.Core.Base.Index);

        for (var i = 0; i < lab.Core.Options.GoneTicks; i++)
        {
            lab.Tick(1);
            lab.Acknowledge(6);
        }

        Assert.Equal(new LogIndex(6), lab.Core.Base.Index);
    }

    [Theory]
    [InlineData(0, 8)] // No chunk arrives: the leader drops this snapshot, and a later one may be readable.
    [InlineData(1, 4)]
    public void A_snapshot_is_kept_for_its_receiver_while_chunks_arrive(int bytesAtATime, long kept)
    {
        var lab = new Lab([1, 1, 1], with: options => options with { RetainedEntries = 0, KeepsQuorum = false });
        lab.Lead();
        lab.Acknowledge(4);
        lab.Step(new Input.SnapshotTaken(lab.Core.DescribeSnapshot(new LogIndex(4), 1000)));
        lab.Receive(Raft3, 2, new Message.AppendEntriesReply(false, new LogIndex(1), new Term(1), IsAdmitted: true));
        var position = lab.Core.Snapshot!.Position;
        for (var i = 0; i < lab.Core.Options.GoneTicks; i++)
        {
            lab.Tick(1);
            lab.Acknowledge(4);
            lab.Receive(Raft3, 2, new Message.SnapshotChunkReply(position, i * bytesAtATime, 0));
        }

        lab.Step(new Input.Propose([.. "abcd".Select(key => new Payload.Pair(null, $"{key}", default))]));
        lab.Acknowledge(8);
        lab.Step(new Input.SnapshotTaken(lab.Core.DescribeSnapshot(new LogIndex(8), 1000)));

        Assert.Equal(new LogIndex(kept), lab.Core.Base.Index);
    }

    // Leads in term 2, and sends raft3 a snapshot up to 4, in pieces of 10 bytes.
    private static Lab SendingSnapshot()
    {
        var lab = new Lab(
            [1, 1, 1], with: options => options with { RetainedEntries = 0, KeepsQuorum = false, SnapshotChunkBytes = 10 });
        lab.Lead();
        lab.Acknowledge(4);
        lab.Step(new Input.SnapshotTaken(lab.Core.DescribeSnapshot(new LogIndex(4), 1000)));
        lab.Receive(Raft3, 2, new Message.AppendEntriesReply(false, new LogIndex(1), new Term(1), IsAdmitted: true));
        return lab;
    }

    private static int Chunks(Lab lab) => lab.Done.Count(line =>
        line.StartsWith($"-> {Raft3}", StringComparison.Ordinal) && line.Contains("SnapshotChunk", StringComparison.Ordinal));

    private static Message.SnapshotChunk Chunk(Lab lab, LogPosition position, long offset, int length)
    {
        var snapshot = new Snapshot(position, new LogIndex(1), lab.Core.Configuration, [], 15);
        return new Message.SnapshotChunk(snapshot, 0, offset, [], new byte[length], position.Serial, 0);
    }

    private static IEnumerable<string> Stored(Lab lab) => lab.Done
        .Where(line => line.Contains(" bytes at ", StringComparison.Ordinal) && line.StartsWith("persists", StringComparison.Ordinal))
        .Select(line => line.Split(" bytes at ")[1].Split(' ')[0]);
}
