using RaftActors.Core.Tests.Harness;
using RaftActors.Core.Tests.Paper;

using static RaftActors.Core.Tests.Paper.Lab;

namespace RaftActors.Core.Tests;

/// <summary>The places of one transfer of a snapshot, as its leader and its receiver know them. The state has 45 bytes.</summary>
public sealed class SnapshotTransferTests
{
    private const int PieceBytes = 10;

    private readonly Snapshot _snapshot = new(At(1, 1, 1), new LogIndex(1), new Lab([1]).Core.Configuration, [], 45);

    [Fact]
    public void Late_reply_after_a_loss_spares_the_places_that_the_receiver_has()
    {
        var outgoing = new OutgoingSnapshot(_snapshot, now: 0);
        Assert.Equal([0, 10, 20, 30], Take(outgoing));
        outgoing.SendAgainIfLost();
        outgoing.SendAgainIfLost();

        outgoing.Answer(stored: 30, now: 1);

        Assert.Equal([30, 40], Take(outgoing));
    }

    [Fact]
    public void Leader_that_begins_again_continues_where_the_receiver_is()
    {
        var outgoing = new OutgoingSnapshot(_snapshot, now: 0);

        outgoing.Answer(stored: 20, now: 1);

        Assert.Equal([20, 30, 40], Take(outgoing));
    }

    [Fact]
    public void Reply_beyond_the_end_counts_as_the_end()
    {
        var outgoing = new OutgoingSnapshot(_snapshot, now: 0);

        outgoing.Answer(stored: 1000, now: 1);

        Assert.Equal((45, true), (outgoing.Stored, outgoing.IsStored));
        Assert.Empty(Take(outgoing));
    }

    [Fact]
    public void Reply_before_the_beginning_counts_as_the_beginning()
    {
        var outgoing = new OutgoingSnapshot(_snapshot with { Sessions = [Session(1)] }, now: 0);
        outgoing.Answer(stored: -7, now: 1);
        outgoing.SendAgainIfLost();
        outgoing.SendAgainIfLost();

        Assert.Equal([0], Take(outgoing));
    }

    [Fact]
    public void After_a_loss_one_piece_is_sent_until_a_reply_comes_and_then_a_window()
    {
        var outgoing = new OutgoingSnapshot(_snapshot with { Length = 1000 }, now: 0);
        Assert.Equal(4, Take(outgoing).Count);
        outgoing.SendAgainIfLost();
        Assert.Empty(Take(outgoing));
        outgoing.SendAgainIfLost();
        Assert.Equal([0], Take(outgoing));

        outgoing.Answer(stored: 10, now: 1);

        Assert.Equal([10, 20, 30, 40], Take(outgoing));
    }

    [Fact]
    public void Piece_with_more_keys_than_announced_is_dropped()
    {
        var incoming = Incoming(sessions: 0, keys: 2);

        Assert.False(incoming.IsNext([Key(1), Key(2), Key(3)], 0));
        Assert.True(incoming.IsNext([Key(1), Key(2)], 0));
    }

    [Fact]
    public void Keys_are_not_taken_before_all_sessions()
    {
        var incoming = Incoming(sessions: 2, keys: 1);
        incoming.Add([Session(1)]);

        Assert.False(incoming.IsNext([Key(1)], 1));
    }

    [Fact]
    public void Piece_with_more_bytes_than_announced_is_dropped()
    {
        var incoming = Incoming(sessions: 0, keys: 0);
        incoming.Add(40, new Ticket(1));

        Assert.False(incoming.IsNext(new byte[6], 40));
        Assert.True(incoming.IsNext(new byte[5], 40));
    }

    [Fact]
    public void Empty_piece_is_no_next_piece_unless_the_state_is_empty()
    {
        Assert.False(Incoming(sessions: 0, keys: 0).IsNext(ReadOnlyMemory<byte>.Empty, 0));

        var stateless = new IncomingSnapshot(Raft2, _snapshot with { Length = 0 }, 0, 0);
        Assert.True(stateless.IsNext(ReadOnlyMemory<byte>.Empty, 0));
    }

    [Fact]
    public void Pieces_that_are_being_written_are_not_stored_yet()
    {
        var incoming = Incoming(sessions: 0, keys: 0);
        incoming.Add(10, new Ticket(1));
        incoming.Add(10, new Ticket(2));
        Assert.Equal((20, 0), (incoming.Received, incoming.Stored));

        incoming.Saved(new Ticket(1));
        Assert.Equal(10, incoming.Stored);
        incoming.Saved(new Ticket(2));

        Assert.Equal(20, incoming.Stored);
    }

    [Fact]
    public void Heartbeat_of_a_transfer_is_answered_with_the_durable_place()
    {
        var lab = new Lab([1]);
        lab.Append(Raft2, 1, At(1), []);
        lab.Sent.Clear();
        lab.IsDiskSlow = true;
        var piece = new Message.SnapshotChunk(_snapshot, 0, 0, [], new byte[10], default, 0);

        lab.Receive(Raft2, 1, piece);
        lab.Receive(Raft2, 1, piece with { Data = default });

        Assert.Equal(0, Assert.Single(lab.SentTo<Message.SnapshotChunkReply>(Raft2)).NextPlace);
    }

    private static CommittedKey Key(int number) => new(new RequestKeyHash(new Guid(number, 0, 0, new byte[8])), default, default);

    private IncomingSnapshot Incoming(int sessions, int keys) => new(Raft2, _snapshot, sessions, keys);

    private static SessionState Session(long number) =>
        new(new Member(new ProcessName($"client{number}@x"), SimulatedProcess.IncarnationOf(1)), number, []);

    private static List<long> Take(OutgoingSnapshot outgoing)
    {
        List<long> places = [];
        while (outgoing.TakeNext(PieceBytes) is var (place, _, _))
        {
            places.Add(place);
        }

        return places;
    }
}
