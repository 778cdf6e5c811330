using Akka.Actor;
using Akka.TestKit.Xunit2;

using RaftActors.Core;
using RaftActors.Storage;

namespace RaftActors.Tests.Groups;

/// <summary>A store fails, is full, or cannot be opened.</summary>
public sealed class StoreFailureTests : TestKit
{
    private readonly VirtualGroup _group;

    public StoreFailureTests()
        : base(VirtualGroup.Config) => _group = new VirtualGroup(this);

    [Fact]
    public void Engine_whose_store_fails_stops_with_the_cause_and_appends_that_may_be_in_the_log_end_as_unknown()
    {
        Found();
        _group.Stores["raft1"].Hold();
        _group.Stores["raft2"].Hold();
        _group.Stores["raft3"].Hold();
        _group.Actors["raft1"].Tell(new Recorder.Append("key", "value"), TestActor);
        _group.Advance();
        var engine = CreateTestProbe();
        engine.Watch(_group.EngineOf("raft1"));

        EventFilter.Error(contains: "raft1@node1 has stopped and is not started again, since its store failed: the disk is gone.")
            .ExpectOne(() => _group.Stores["raft1"].Fail("the disk is gone."));

        ExpectMsg<Outcome<int>.Unknown>();
        engine.ExpectMsg<Terminated>();
        _group.AdvanceUntil("raft1", "quorum lost");
        Assert.Equal(0, _group.Stores["raft1"].Users);
    }

    [Fact]
    public void Requests_to_an_engine_whose_store_failed_end_with_the_cause()
    {
        Found();
        _group.FailStore("raft3", "the disk is gone.");
        _group.AdvanceUntil("raft3", "quorum lost");

        _group.Actors["raft3"].Tell(new Recorder.Append("key", "value"), TestActor);

        var refused = ExpectMsg<Outcome<int>.NotCommitted>();
        Assert.Equal(
            (NotCommittedReason.Stopped,
                "Restart the node: the engine of this process has stopped, because its store failed: the disk is gone."),
            (refused.Reason, refused.Detail));
    }

    [Fact]
    public void Group_continues_without_the_process_whose_store_failed()
    {
        Found();
        _group.FailStore("raft1", "the disk is gone.");
        _group.AdvanceUntil("raft1", "quorum lost");

        _group.AdvanceUntil("raft2", "leader lost");
        _group.Actors["raft2"].Tell(new Recorder.Append("key", "value"), TestActor);
        _group.AdvanceUntil("raft2", "append 1 key=value own");

        ExpectMsg<Outcome<int>.Done>();
    }

    [Fact]
    public void Leader_whose_disk_is_nearly_full_refuses_pairs_with_the_reason()
    {
        Found();
        foreach (var store in _group.Stores.Values)
        {
            store.TellSpace(isShort: true);
        }

        _group.Settle();
        _group.Actors["raft1"].Tell(new Recorder.Append("key", "value"), TestActor);
        _group.Advance(60);

        var refused = ExpectMsg<Outcome<int>.NotCommitted>();
        Assert.Equal(NotCommittedReason.DiskFull, refused.Reason);
        Assert.Contains("disk is nearly full", refused.Detail);
        foreach (var store in _group.Stores.Values)
        {
            store.TellSpace(isShort: false);
        }

        _group.Settle();
        _group.Actors["raft1"].Tell(new Recorder.Append("key", "value"), TestActor);
        _group.AdvanceUntil("raft1", "append 1 key=value own");
    }

    [Fact]
    public void Store_that_no_engine_ever_used_is_closed_with_its_node()
    {
        var store = new ScriptedStore();
        var options = new RaftOptions<string> { Name = "raft1", Store = () => store };
        EventFilter.Exception<ActorInitializationException>()
            .ExpectOne(() => Sys.ActorOf(Props.Create(() => new Stillborn(options))));
        Assert.Equal(1, store.Users);

        Stop(Sys);

        Assert.Equal(0, store.Users);
    }

    private static void Stop(ActorSystem system) => Assert.True(system.Terminate().Wait(TimeSpan.FromSeconds(30)));

    private void Found()
    {
        foreach (var name in new[] { "raft1", "raft2", "raft3" })
        {
            _group.Start(name, new RaftOptions<string>());
        }

        _group.AdvanceUntil("raft1", "leads");
        _group.AdvanceUntil("raft2", "led by raft1 at 0");
        _group.AdvanceUntil("raft3", "led by raft1 at 0");
    }

    private sealed class Stillborn : RaftActor<string>
    {
        public Stillborn(RaftOptions<string> options)
            : base(options) => throw new InvalidOperationException($"{Raft.Self} is stillborn");

        protected override object? HandleAppend(Entry<string> entry) => null;
    }
}
