using Akka.Actor;
using Akka.TestKit.Xunit2;

using RaftActors.Core;
using RaftActors.Engine;

namespace RaftActors.Tests.Engine;

public sealed class StoreDeskTests : TestKit
{
    private static readonly Snapshot Snapshot = new(
        new LogPosition(new LogIndex(4), new Term(1), new Serial(4), 0),
        new LogIndex(1),
        new Configuration(GroupUid.None, 1, [], [], [], []),
        [],
        0);

    private readonly Bench _bench;
    private readonly StoreDesk _desk;

    public StoreDeskTests()
    {
        _bench = new Bench(this);
        _bench.Process.MakeCore();
        var desks = new EngineDesks(_bench.Context, _bench.Process.TakeCore(), _ => { }, _ => { }, new Address("akka", "demo"));
        var pages = new PageDesk(_ => { }, _ => { }, () => Term.Zero);
        _desk = new StoreDesk(_bench.Context, desks, new CommitDesk(_bench.Context, desks, Sys.Log), pages, _ => { }, _ => { }, Sys.Log);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(6)] // One report may stand for several writes.
    public void Snapshot_is_told_once_its_own_write_is_durable_and_not_after_an_earlier_one(long durable)
    {
        _desk.Write(new Effect.InstallSnapshot(new Ticket(5), Snapshot, KeepsLog: false));

        _desk.OnPersisted(new Ticket(4));
        Assert.Null(_bench.Process.View.Snapshot);
        _bench.Actor.ExpectNoMsg(TimeSpan.Zero);
        _desk.OnPersisted(new Ticket(durable));

        Assert.Equal(Snapshot, _bench.Process.View.Snapshot);
        _bench.Actor.ExpectMsg<ToActor.Restore>();
    }
}
