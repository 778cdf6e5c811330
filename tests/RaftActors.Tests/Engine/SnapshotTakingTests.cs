using Akka.TestKit.Xunit2;

using RaftActors.Core;
using RaftActors.Delivery;
using RaftActors.Engine;

namespace RaftActors.Tests.Engine;

/// <summary>The inputs for Core while the actor is asked for its state.</summary>
public sealed class SnapshotTakingTests : TestKit
{
    private readonly Bench _bench;
    private readonly SnapshotTaking _snapshots;

    public SnapshotTakingTests()
    {
        _bench = new Bench(this);
        _bench.Commit(1, 2, 3);
        _snapshots = _bench.Context.Snapshots;
        _snapshots.Ask();
        _bench.Actor.ExpectMsg<ToActor.TakeSnapshot>();
    }

    [Fact]
    public void Question_keeps_the_entries_after_the_commit_index_in_memory() =>
        Assert.Equal([new Input.SnapshotPlanned(new LogIndex(3))], _bench.Steps);

    [Fact]
    public void Entries_need_not_stay_in_memory_after_the_actor_has_begun()
    {
        _snapshots.OnStateBegun(new Serial(4));

        Assert.Equal(new Input.SnapshotPlanned(null), _bench.Steps[^1]);
    }

    [Fact]
    public void Entries_need_not_stay_in_memory_for_an_earlier_life_of_the_actor()
    {
        _snapshots.OnLifeEnded();

        Assert.Equal(new Input.SnapshotPlanned(null), _bench.Steps[^1]);
    }
}
