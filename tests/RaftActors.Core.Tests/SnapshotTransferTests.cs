using RaftActors.Core.Tests.Paper;

namespace RaftActors.Core.Tests;

/// <summary>The places of one transfer of a snapshot, as its leader and its receiver know them. The state has 45 bytes.</summary>
public sealed class SnapshotTransferTests
{
    private const int PieceBytes = 10;

    private readonly Snapshot _snapshot = new(At(1, 1, 1), new LogIndex(1), new Lab([1]).Core.Configuration, [], 45);

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
    public void Piece_with_more_keys_than_announced_is_dropped()
    {
        var incoming = Incoming(sessions: 0, keys: 2);

        Assert.False(incoming.IsNext([Key(1), Key(2), Key(3)], 0));
        Assert.True(incoming.IsNext([Key(1), Key(2)], 0));
    }

    [Fact]
    public void Piece_with_more_bytes_than_announced_is_dropped()
    {
        var incoming = Incoming(sessions: 0, keys: 0);
        incoming.Add(40, new Ticket(1));

        Assert.False(incoming.IsNext(new byte[6], 40));
        Assert.True(incoming.IsNext(new byte[5], 40));
    }

    private static CommittedKey Key(int number) => new(new RequestKeyHash(new Guid(number, 0, 0, new byte[8])), default, default);

    private IncomingSnapshot Incoming(int sessions, int keys) => new(Raft2, _snapshot, sessions, keys);

    private static SessionState Session(long number) =>
        new(new Member(new ProcessName($"client{number}@x"), SimulatedProcess.IncarnationOf(1)), number, Serial.Zero, []);

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
