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
