using Akka.Configuration;
using Akka.TestKit.Xunit2;

using RaftActors.Core;

namespace RaftActors.Tests.Groups;

/// <summary>Snapshots in a group whose logs keep no committed entry in memory.</summary>
public sealed class EvictedSnapshotTests : TestKit
{
    // Entries leave the memory in whole pages. The size of the largest pair bounds a page too, so each pair has its own.
    private static readonly Config Config = ConfigurationFactory.ParseString(
        """
        raft.log-memory-max = 1B
        raft.pair-size-max = 20B
        raft.snapshot { after-entries = 10, retained-entries = 2 }
        """).WithFallback(VirtualGroup.Config);

    private readonly VirtualGroup _group;

    public EvictedSnapshotTests()
        : base(Config) => _group = new VirtualGroup(this);

    [Fact]
    public void Snapshots_are_taken_one_after_the_other()
    {
        Found();
        Append(40);
        _group.AdvanceUntil("raft2", "append 40 key=40");

        Assert.True(_group.Stores["raft2"].DiscardedTo >= new LogIndex(20));
        _group.Actors["raft2"].Tell(new InvalidOperationException("a restart"), TestActor);
        Assert.StartsWith("restore ", _group.AdvanceUntil("raft2", "serial 40 key=40").First(told => told.StartsWith("restore ")));
    }

    [Fact]
    public void State_may_take_long_while_its_entries_leave_the_memory()
    {
        using var mayTake = new ManualResetEventSlim(initialState: true);
        Found(mayTake);
        Append(9);
        mayTake.Reset();
        for (var i = 10; i <= 40; i++)
        {
            _group.Actors["raft1"].Tell(new Recorder.Append("key", $"{i}"), TestActor);
            ExpectMsg<object>();
        }

        _group.EngineOf("raft3");
        var before = _group.Stores["raft3"].DiscardedTo;
        mayTake.Set();
        _group.AwaitIdle();

        Assert.Null(before);
        Assert.NotNull(_group.Stores["raft3"].DiscardedTo);
    }

    private void Found(ManualResetEventSlim? mayTake = null)
    {
        _group.StartSnapshotting("raft1");
        _group.StartSnapshotting("raft2");
        _group.StartSnapshotting("raft3", mayTake: mayTake);
        _group.AdvanceUntil("raft1", "leads");
    }

    private void Append(int count)
    {
        for (var i = 1; i <= count; i++)
        {
            _group.Actors["raft1"].Tell(new Recorder.Append("key", $"{i}"), TestActor);
            _group.AwaitIdle();
        }

        ReceiveN(count);
    }
}
