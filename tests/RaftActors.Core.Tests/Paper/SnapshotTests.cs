using RaftActors.Core.Tests.Harness;
using static RaftActors.Core.Tests.Paper.Lab;

namespace RaftActors.Core.Tests.Paper;

/// <summary>Figure 13 of the paper, what the receiver of an InstallSnapshot does, rule by rule, and the rest of §7.</summary>
public sealed class SnapshotTests
{
    [Fact]
    public void A_piece_of_an_older_term_is_refused_and_not_kept() // 1
    {
        var lab = new Lab([1, 3]);

        lab.Receive(Raft2, 2, Piece(lab, At(1, 2, 2), 0, 10));

        Assert.False(Assert.Single(lab.SentTo<Message.AppendEntriesReply>(Raft2)).Accepted);
        Assert.DoesNotContain(lab.Done, line => line.Contains("bytes at", StringComparison.Ordinal));
    }

    [Fact]
    public void A_first_piece_begins_a_snapshot_and_each_next_one_goes_where_it_belongs() // 2, 3
    {
        var lab = new Lab([1]);

        lab.Receive(Raft2, 1, Piece(lab, At(1, 1, 1), 0, 10));
        lab.Receive(Raft2, 1, Piece(lab, At(1, 1, 1), 10, 5));

        Assert.Equal(["0", "10"], Stored(lab));
    }

    [Fact]
    public void A_piece_after_one_that_is_missing_is_not_kept_and_the_missing_one_is_asked_for() // 3
    {
        var lab = new Lab([1]);

        lab.Receive(Raft2, 1, Piece(lab, At(1, 1, 1), 0, 5));
        lab.Receive(Raft2, 1, Piece(lab, At(1, 1, 1), 10, 5));

        Assert.Equal(["0"], Stored(lab));
        Assert.Equal(5, lab.SentTo<Message.SnapshotChunkReply>(Raft2).Last().NextPlace);
    }

    [Fact]
    public void A_piece_is_durable_before_the_next_is_asked_for() // 4
    {
        var lab = new Lab([1]);
        lab.Append(Raft2, 1, At(1), []);
        lab.Sent.Clear();
        lab.IsDiskSlow = true;

        lab.Receive(Raft2, 1, Piece(lab, At(1, 1, 1), 0, 10));
        Assert.Empty(lab.Sent);

        lab.FinishWrites();
        Assert.Equal(10, Assert.Single(lab.SentTo<Message.SnapshotChunkReply>(Raft2)).NextPlace);
    }

    [Fact]
    public void No_byte_of_the_state_is_written_before_all_sessions_are_there() // The description, which is written first, holds them.
    {
        var lab = new Lab([1]);
        var piece = Piece(lab, At(1, 1, 1), 0, 15) with { SessionCount = 2 };

        lab.Receive(Raft2, 1, piece with { Sessions = [Session(1)], Data = default });
        lab.Receive(Raft2, 1, piece with { Place = 1 });
        lab.Receive(Raft2, 1, piece with { Place = 2 });
        Assert.Empty(Stored(lab));

        lab.Receive(Raft2, 1, piece with { Place = 1, Sessions = [Session(2)], Data = default });
        Assert.Equal(2, lab.SentTo<Message.SnapshotChunkReply>(Raft2).Last().NextPlace);
        lab.Receive(Raft2, 1, piece with { Place = 2 });
        Assert.Equal(["0"], Stored(lab));
        Assert.Equal([1, 2], lab.Core.Snapshot!.Sessions.Select(session => session.Forgotten));
    }

    [Fact]
    public void Sessions_are_acknowledged_though_the_disk_is_slow()
    {
        var lab = new Lab([1]);
        lab.Append(Raft2, 1, At(1), []);
        lab.Sent.Clear();
        lab.IsDiskSlow = true;

        lab.Receive(Raft2, 1, Piece(lab, At(1, 1, 1), 0, 0) with { SessionCount = 2, Sessions = [Session(1), Session(2)] });

        Assert.Equal(2, Assert.Single(lab.SentTo<Message.SnapshotChunkReply>(Raft2)).NextPlace);
    }

    [Fact]
    public void More_sessions_than_were_announced_are_not_kept()
    {
        var lab = new Lab([1]);
        var piece = Piece(lab, At(1, 1, 1), 0, 0) with { SessionCount = 2 };

        lab.Receive(Raft2, 1, piece with { Sessions = [Session(1), Session(2), Session(3)] });

        Assert.Equal(0, lab.SentTo<Message.SnapshotChunkReply>(Raft2).Last().NextPlace);
    }

    [Fact]
    public void A_whole_snapshot_is_installed_and_acknowledged_when_that_is_durable() // 5
    {
        var lab = new Lab([1]);
        lab.Append(Raft2, 1, At(1), []);
        lab.Sent.Clear();
        lab.IsDiskSlow = true;

        lab.Receive(Raft2, 1, Piece(lab, At(1, 1, 1), 0, 15));
        Assert.Contains(lab.Done, line => line.StartsWith("installs", StringComparison.Ordinal));
        Assert.Empty(lab.Sent);

        lab.FinishWrites();
        Assert.Equal(new LogIndex(3), Assert.Single(lab.SentTo<Message.AppendEntriesReply>(Raft2)).Match);
    }

    [Fact]
    public void A_log_that_holds_the_last_entry_of_the_snapshot_keeps_what_follows_it() // 6
    {
        var lab = new Lab([1, 1, 1, 1]);

        lab.Receive(Raft2, 1, Piece(lab, At(1, 1, 1), 0, 15));

        Assert.Equal((new LogIndex(3), new LogIndex(4)), (lab.Core.Base.Index, lab.Core.LastPosition.Index));
    }

    [Fact]
    public void A_log_that_does_not_hold_it_is_discarded() // 7
    {
        var lab = new Lab([1, 1, 1, 1]);

        lab.Receive(Raft2, 2, Piece(lab, At(1, 2, 2), 0, 15));

        Assert.Equal((At(1, 2, 2), At(1, 2, 2)), (lab.Core.Base, lab.Core.LastPosition));
    }

    [Fact]
    public void The_configuration_of_the_snapshot_is_in_force_and_what_follows_is_given_out_from_there_on() // 8
    {
        var lab = new Lab([1]);
        var next = lab.Core.Configuration with { Voters = [Raft1, Raft2], Learners = [Raft3] };
        var piece = Piece(lab, At(1, 1, 1), 0, 15);

        lab.Receive(Raft2, 1, piece with { Snapshot = piece.Snapshot with { Configuration = next, ConfigurationIndex = new LogIndex(2) } });
        lab.Append(Raft2, 1, At(1, 1, 1), Entries(4, 1), commit: 4);

        Assert.Equal(next, lab.Core.Configuration);
        Assert.Equal([4], lab.Committed.Select(entry => entry.Index.Value));
    }

    [Fact]
    public void A_snapshot_of_a_prefix_of_what_is_committed_changes_nothing() // §7: "retransmission or by mistake"
    {
        var lab = new Lab([1, 1, 1]);
        lab.Append(Raft2, 1, At(1, 1, 1), [], commit: 3);

        lab.Receive(Raft2, 1, Piece(lab, At(1, 1), 0, 15));

        Assert.Equal((LogIndex.Zero, new LogIndex(3)), (lab.Core.Base.Index, lab.Core.LastPosition.Index));
        Assert.True(lab.SentTo<Message.AppendEntriesReply>(Raft2).Last().Accepted);
    }

    [Fact]
    public void A_process_discards_its_log_up_to_its_own_snapshot_and_its_last_entry_there_is_still_known() // §7
    {
        var alone = FoundedGroup.Alone(retainedEntries: 0);
        alone.TakeSnapshot(10);

        Assert.Equal((alone.Core!.CommitIndex, alone.Core.LastPosition), (alone.Core.Base.Index, alone.Core.Base));
    }

    [Fact]
    public void A_leader_sends_a_snapshot_when_it_has_discarded_the_next_entry_it_would_send() // §7
    {
        var lab = new Lab([1, 1, 1], with: options => options with { RetainedEntries = 0 });
        lab.Lead();
        lab.Acknowledge(4);
        lab.Step(new Input.SnapshotTaken(lab.Core.DescribeSnapshot(new LogIndex(4), 10)));

        lab.Receive(Raft3, 2, new Message.AppendEntriesReply(false, new LogIndex(1), new Term(1), IsAdmitted: true));

        Assert.Contains(lab.Done, line => line.StartsWith($"-> {Raft3}", StringComparison.Ordinal)
            && line.Contains("SnapshotChunk", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(0, 8)] // Nothing arrives, say since the snapshot cannot be read: it is given up, and a later one may do.
    [InlineData(1, 4)]
    public void A_snapshot_is_kept_for_one_who_takes_it_as_long_as_pieces_arrive(int bytesAtATime, long kept)
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

    private static Message.SnapshotChunk Piece(Lab lab, LogPosition position, long offset, int length)
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
