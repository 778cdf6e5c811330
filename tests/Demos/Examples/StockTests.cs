using System.Text;

using Akka.Actor;
using Akka.TestKit.Xunit2;

using RaftActors.Testing;

namespace RaftActors.Examples;

/// <summary>Tests an actor with types of the application. The scripted group uses their JSON too.</summary>
public sealed class StockTests : TestKit
{
    [Fact]
    public void Order_and_snapshot_are_stored_as_json_and_restored()
    {
        var asked = CreateTestProbe();
        Raft.Get(Sys).UseJson(ShopJson.Default);
        var group = new ScriptedGroup<Order>(Sys, asked);
        var stock = Sys.ActorOf(Props.Create(() => new Stock()));
        group.BuildQuorum(withActor: false);
        group.SendSnapshot(new Serial(10), new Dictionary<string, int> { ["apple"] = 7 });

        stock.Tell(new Order("apple", 3), TestActor);
        group.Commit(asked.ExpectMsg<FromActor<Order>.Append>());
        group.TakeSnapshot();

        ExpectMsg<Outcome<int>>(done => Assert.Equal(4, done.ResultOr(0)));
        var state = Assert.IsType<byte[]>(asked.ExpectMsg<FromActor<Order>.Snapshot>().State);
        Assert.Equal("""{"apple":4}""", Encoding.UTF8.GetString(state));
    }
}
