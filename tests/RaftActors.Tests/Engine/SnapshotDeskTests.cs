using Akka.TestKit.Xunit2;

using RaftActors.Core;
using RaftActors.Engine;

namespace RaftActors.Tests.Engine;

/// <summary>The inputs of the desk of snapshots for Core while the actor is asked for its state.</summary>
public sealed class SnapshotDeskTests : TestKit
{
    private readonly List<Input> _inputs = [];
    private readonly Bench _bench;
    private readonly SnapshotDesk _desk;

    public SnapshotDeskTests()
    {
        _bench = new Bench(this);
        _bench.Process.MakeCore();
        _bench.Commit(1, 2, 3);
        _desk = new SnapshotDesk(_bench.Context, _bench.Process.TakeCore(), _inputs.Add);
        _desk.Ask();
        _bench.Actor.ExpectMsg<ToActor.TakeSnapshot>();
    }

    [Fact]
    public void Question_keeps_the_entries_after_the_commit_index_in_memory() =>
        Assert.Equal([new Input.SnapshotPlanned(new LogIndex(3))], _inputs);

    [Fact]
    public void Entries_need_not_stay_in_memory_after_the_actor_has_begun()
    {
        _desk.OnStateBegun(new Serial(4));

        Assert.Equal(new Input.SnapshotPlanned(null), _inputs[^1]);
    }

    [Fact]
    public void Entries_need_not_stay_in_memory_for_an_earlier_life_of_the_actor()
    {
        _desk.OnLifeEnded();

        Assert.Equal(new Input.SnapshotPlanned(null), _inputs[^1]);
    }
}
