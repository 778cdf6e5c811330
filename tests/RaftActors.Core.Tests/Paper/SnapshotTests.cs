using RaftActors.Core.Tests.Harness;
using static RaftActors.Core.Tests.Paper.Lab;

namespace RaftActors.Core.Tests.Paper;

/// <summary>Figure 13 of the paper, the rules for the receiver of InstallSnapshot, and the rest of §7.</summary>
public sealed class SnapshotTests
{
    [Fact]
    public void A_chunk_of_an_older_term_is_refused_and_not_kept() // 1
    {
        var lab = new Lab([1, 3]);

        lab.Receive(Raft2, 2, Chunk(lab, At(1, 2, 2), 0, 10));

        Assert.False(Assert.Single(lab.SentTo<Message.AppendEntriesReply>(Raft2)).Accepted);
        Assert.DoesNotContain(lab.Done, line => line.Contains("bytes at", StringComparison.Ordinal));
    }

    [Fact]
    public void Chunks_of_a_snapshot_are_written_at_their_offsets() // 2, 3
    {
        var lab = new Lab([1]);

        lab.Receive(Raft2, 1, Chunk(lab, At(1, 1, 1), 0, 10));
        lab.Receive(Raft2, 1, Chunk(lab, At(1, 1, 1), 10, 5));

        Assert.Equal(["0", "10"], Stored(lab));
    }

    [Fact]
    public void A_chunk_after_a_missing_one_is_dropped_and_the_missing_one_is_requested() // 3
    {
        var lab = new Lab([1]);

        lab.Receive(Raft2, 1, Chunk(lab, At(1, 1, 1), 0, 5));
        lab.Receive(Raft2, 1, Chunk(lab, At(1, 1, 1), 10, 5));

        Assert.Equal(["0"], Stored(lab));
        Assert.Equal(5, lab.SentTo<Message.SnapshotChunkReply>(Raft2).Last().NextPlace);
    }

    [Fact]
    public void A_late_chunk_of_an_older_snapshot_does_not_end_the_transfer_of_a_newer_one()
    {
        var lab = new Lab([1]);

        lab.Receive(Raft2, 1, Chunk(lab, At(1, 1, 1), 0, 5));
        lab.Receive(Raft2, 1, Chunk(lab, At(1, 1), 0, 10));
        lab.Receive(Raft2, 1, Chunk(lab, At(1, 1, 1), 5, 5));

        Assert.Equal(["0", "5"], Stored(lab));
    }

    [Fact]
    public void A_chunk_is_durable_before_the_next_is_requested() // 4
    {
        var lab = new Lab([1]);
        lab.Append(Raft2, 1, At(1), []);
        lab.Sent.Clear();
        lab.IsDiskSlow = true;

        lab.Receive(Raft2, 1, Chunk(lab, At(1, 1, 1), 0, 10));
        Assert.Empty(lab.Sent);

        lab.FinishWrites();
        Assert.Equal(10, Assert.Single(lab.SentTo<Message.SnapshotChunkReply>(Raft2)).NextPlace);
    }

    /// <summary>The description of a snapshot holds the sessions and is written first.</summary>
    [Fact]
    public void No_byte_of_the_state_is_written_before_all_sessions_have_arrived()
    {
        var lab = new Lab([1]);
        var chunk = Chunk(lab, At(1, 1, 1), 0, 15) with { SessionCount = 2 };

        lab.Receive(Raft2, 1, chunk with { Sessions = [Session(1)], Data = default });
        lab.Receive(Raft2, 1, chunk with { Place = 1 });
        lab.Receive(Raft2, 1, chunk with { Place = 2 });
        Assert.Empty(Stored(lab));

        lab.Receive(Raft2, 1, chunk with { Place = 1, Sessions = [Session(2)], Data = default });
        Assert.Equal(2, lab.SentTo<Message.SnapshotChunkReply>(Raft2).Last().NextPlace);
        lab.Receive(Raft2, 1, chunk with { Place = 2 });
        Assert.Equal(["0"], Stored(lab));
        Assert.Equal([1, 2], lab.Core.Snapshot!.Sessions.Select(session => session.Forgotten));
    }

    [Fact]
    public void Sessions_are_acknowledged_without_a_disk_write()
    {
        var lab = new Lab([1]);
        lab.Append(Raft2, 1, At(1), []);
        lab.Sent.Clear();
        lab.IsDiskSlow = true;

        lab.Receive(Raft2, 1, Chunk(lab, At(1, 1, 1), 0, 0) with { SessionCount = 2, Sessions = [Session(1), Session(2)] });

        Assert.Equal(2, Assert.Single(lab.SentTo<Message.SnapshotChunkReply>(Raft2)).NextPlace);
    }

    [Fact]
    public void A_chunk_with_more_sessions_than_announced_is_dropped()
    {
        var lab = new Lab([1]);
        var chunk = Chunk(lab, At(1, 1, 1), 0, 0) with { SessionCount = 2 };

        lab.Receive(Raft2, 1, chunk with { Sessions = [Session(1), Session(2), Session(3)] });

        Assert.Equal(0, lab.SentTo<Message.SnapshotChunkReply>(Raft2).Last().NextPlace);
    }

    [Fact]
    public void A_whole_snapshot_is_installed_and_acknowledged_when_that_is_durable() // 5
    {
        var lab = new Lab([1]);
        lab.Append(Raft2, 1, At(1), []);
        lab.Sent.Clear();
        lab.IsDiskSlow = true;

        lab.Receive(Raft2, 1, Chunk(lab, At(1, 1, 1), 0, 15));
        Assert.Contains(lab.Done, line => line.StartsWith("installs", StringComparison.Ordinal));
        Assert.Empty(lab.Sent);

        lab.FinishWrites();
        Assert.Equal(new LogIndex(3), Assert.Single(lab.SentTo<Message.AppendEntriesReply>(Raft2)).Match);
    }

    [Fact]
    public void A_log_with_the_last_entry_of_a_snapshot_keeps_the_entries_after_it() // 6
    {
        var lab = new Lab([1, 1, 1, 1]);

        lab.Receive(Raft2, 1, Chunk(lab, At(1, 1, 1), 0, 15));

        Assert.Equal((new LogIndex(3), new LogIndex(4)), (lab.Core.Base.Index, lab.Core.LastPosition.Index));
    }

    [Fact]
    public void A_log_without_the_last_entry_of_a_snapshot_is_discarded() // 7
    {
        var lab = new Lab([1, 1, 1, 1]);

        lab.Receive(Raft2, 2, Chunk(lab, At(1, 2, 2), 0, 15));

        Assert.Equal((At(1, 2, 2), At(1, 2, 2)), (lab.Core.Base, lab.Core.LastPosition));
    }

    [Fact]
    public void The_configuration_of_a_snapshot_is_in_force_and_delivery_continues_after_it() // 8
    {
        var lab = new Lab([1]);
        var next = lab.Core.Configuration with { Voters = [Raft1, Raft2], Learners = [Raft3] };
        var chunk = Chunk(lab, At(1, 1, 1), 0, 15);

        lab.Receive(Raft2, 1, chunk with { Snapshot = chunk.Snapshot with { Configuration = next, ConfigurationIndex = new LogIndex(2) } });
        lab.Append(Raft2, 1, At(1, 1, 1), Entries(4, 1), commit: 4);

        Assert.Equal(next, lab.Core.Configuration);
        Assert.Equal([4], lab.Committed.Select(entry => entry.Index.Value));
    }

    [Fact]
    public void A_snapshot_below_the_commit_index_changes_nothing() // §7: "retransmission or by mistake"
    {
        var lab = new Lab([1, 1, 1]);
        lab.Append(Raft2, 1, At(1, 1, 1), [], commit: 3);

        lab.Receive(Raft2, 1, Chunk(lab, At(1, 1), 0, 15));

        Assert.Equal((LogIndex.Zero, new LogIndex(3)), (lab.Core.Base.Index, lab.Core.LastPosition.Index));
        Assert.True(lab.SentTo<Message.AppendEntriesReply>(Raft2).Last().Accepted);
    }

    [Fact]
    public void A_process_compacts_its_log_up_to_its_snapshot_and_keeps_the_position() // §7
    {
        var alone = FoundedGroup.Alone(retainedEntries: 0);
        alone.TakeSnapshot(10);

        Assert.Equal((alone.Core!.CommitIndex, alone.Core.LastPosition), (alone.Core.Base.Index, alone.Core.Base));
    }

    [Fact]
    public void A_leader_sends_a_snapshot_when_it_has_compacted_the_next_entry_to_send() // §7
    {
        var lab = new Lab([1, 1, 1], with: options => options with { RetainedEntries = 0 });
        lab.Lead();
        lab.Acknowledge(4);
        lab.Step(new Input.SnapshotTaken(lab.Core.DescribeSnapshot(new LogIndex(4), 10)));

        lab.Receive(Raft3, 2, new Message.AppendEntriesReply(false, new LogIndex(1), new Term(1), IsAdmitted: true));

        Assert.Contains(lab.Done, line => line.StartsWith($"-> {Raft3}", StringComparison.Ordinal)
            && line.Contains("SnapshotChunk", StringComparison.Ordinal));
    }

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

    private static SessionState Session(long number) =>
        new(new Member(new ProcessName($"client{number}@x"), SimulatedProcess.IncarnationOf(1)), number, []);

    private static IEnumerable<string> Stored(Lab lab) => lab.Done
        .Where(line => line.Contains(" bytes at ", StringComparison.Ordinal) && line.StartsWith("persists", StringComparison.Ordinal))
        .Select(line => line.Split(" bytes at ")[1].Split(' ')[0]);
}
