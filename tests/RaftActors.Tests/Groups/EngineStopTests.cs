using Akka.Actor;
using Akka.TestKit.Xunit2;

using RaftActors.Core;

namespace RaftActors.Tests.Groups;

/// <summary>The engine is gone for good. Every request of its actor still ends.</summary>
public sealed class EngineStopTests : TestKit
{
    private const string NotCommitted =
        "cancel NotCommitted { Reason = Stopped, Detail = The engine of this process has stopped. Restart its node. }";

    private readonly VirtualGroup _group;

    public EngineStopTests()
        : base(VirtualGroup.Config)
    {
        _group = new VirtualGroup(this);
        _group.Start("raft1", 1);
        _group.Start("raft2", 4);
        _group.Start("raft3", 4);
        _group.AdvanceUntil("raft3", "led by raft2 at 4");
    }

    [Fact]
    public void Actor_loses_quorum_leader_and_its_open_appends_and_gets()
    {
        // The leader has the pair and no disk writes it. No process is left that could be asked for serial 5.
        _group.HoldStores();

        _group.Actors["raft3"].Tell(new Recorder.Append("key", "value"), TestActor);
        _group.Settle();
        _group.StopEngine("raft1");
        _group.StopEngine("raft2");
        _group.Actors["raft3"].Tell(new Recorder.Get(new Serial(5)));
        _group.Actors["raft3"].Tell(new Identify(null), TestActor);
        ExpectMsg<ActorIdentity>();

        _group.StopEngine("raft3");

        ExpectMsg<Outcome<int>.Unknown>();
        Expect("raft3", "cancel Unknown { Reason = Stopped }", "cancel Unavailable { }", "leader lost", "quorum lost");
    }

    [Fact]
    public void Engine_is_not_started_again_and_appends_and_gets_of_the_next_life_end()
    {
        EventFilter.Error(contains: "The engine of raft3@node1 has stopped and is not started again").ExpectOne(FailCore);
        Expect("raft3", "leader lost", "quorum lost");

        EventFilter.Error(contains: "The engine of raft3@node1 has stopped and is not started again")
            .ExpectOne(() => _group.Actors["raft3"].Tell(new InvalidOperationException("a restart")));
        Expect("raft3", "started");

        AssertThatEverythingEnds();
    }

    [Fact]
    public void Actor_that_comes_only_after_the_engine_stopped_is_told_too()
    {
        _group.StopActor("raft3");
        _group.StopEngine("raft3");

        var options = new RaftOptions<string> { Name = "raft3", Preload = Recorder.Pairs(4) };
        _group.Actors["raft3"] = Sys.ActorOf(Props.Create(() => new Recorder(_group.Watchers["raft3"], options)));
        Expect("raft3", "started");

        AssertThatEverythingEnds();
    }

    // Invariant: a term has at most one leader. Core fails when it learns of a second one.
    private void FailCore() => _group.SayAs(
        "raft1",
        "raft3",
        new Term(1),
        new Message.AppendEntries(default, [], LogIndex.Zero, Serial.Zero));

    private void AssertThatEverythingEnds()
    {
        _group.Actors["raft3"].Tell(new Recorder.Append("key", "value"), TestActor);
        Expect("raft3", NotCommitted);
        ExpectMsg<Outcome<int>.NotCommitted>();
        _group.Actors["raft3"].Tell(new Recorder.Get(new Serial(1)));
        Expect("raft3", "cancel Unavailable { }");
    }

    private void Expect(string name, params string[] expected)
    {
        foreach (var what in expected)
        {
            _group.Watchers[name].ExpectMsg(what);
        }
    }
}
