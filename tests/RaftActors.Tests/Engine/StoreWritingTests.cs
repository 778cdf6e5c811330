using Akka.Actor;
using Akka.TestKit.Xunit2;

using RaftActors.Core;
using RaftActors.Delivery;
using RaftActors.Engine;

namespace RaftActors.Tests.Engine;

public sealed class StoreWritingTests : TestKit
{
    private static readonly Snapshot Snapshot = new(
        new LogPosition(new LogIndex(4), new Term(1), new Serial(4), 0),
        new LogIndex(1),
        new Configuration(GroupUid.None, 1, [], [], [], []),
        [],
        0);

    private readonly Bench _bench;
    private readonly StoreWriting _store;

    public StoreWritingTests()
    {
        _bench = new Bench(this);
        _store = _bench.Context.Store;
    }

    [Theory]
    [InlineData(5)]
    [InlineData(6)] // One report may stand for several writes.
    public void Snapshot_is_told_once_its_own_write_is_durable_and_not_after_an_earlier_one(long durable)
    {
        _store.Write(new Effect.InstallSnapshot(new Ticket(5), Snapshot, KeepsLog: false));

        _store.OnPersisted(new Ticket(4));
        Assert.Null(_bench.Process.Snapshot);
        _bench.Actor.ExpectNoMsg(TimeSpan.Zero);
        _store.OnPersisted(new Ticket(durable));

        Assert.Equal(Snapshot, _bench.Process.Snapshot);
        _bench.Actor.ExpectMsg<ToActor.Restore>();
    }

    [Fact]
    public void Core_learns_that_a_read_of_a_snapshot_begins_and_ends()
    {
        var chunk = new Message.SnapshotChunk(Snapshot, 0, 0, [], default, default, 0);
        var send = new Effect.SendChunk(
            new Core.Envelope(_bench.Process.Member, Bench.MemberOf("raft2"), GroupUid.None, new Term(1), default, chunk), 0, 100);

        _store.SendChunk(send);
        _store.OnNews(new StoreNews.ChunkRead(send, new byte[1], null));

        Assert.Equal([new Input.StoreReads(true), new Input.StoreReads(false)], _bench.Steps);
    }
}
