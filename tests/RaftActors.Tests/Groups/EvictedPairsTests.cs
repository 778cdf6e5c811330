using Akka.Actor;
using Akka.Configuration;
using Akka.TestKit.Xunit2;

using RaftActors.Core;
using RaftActors.Storage;
using RaftActors.Wire;

namespace RaftActors.Tests.Groups;

/// <summary>A group whose logs keep no committed entry in memory: all pairs come from the stores.</summary>
public sealed class EvictedPairsTests : TestKit
{
    private const int Pairs = 40;

    private readonly VirtualGroup _group;

    public EvictedPairsTests()
        : base(ConfigurationFactory.ParseString("raft.log-memory-max = 1B").WithFallback(VirtualGroup.Config)) =>
        _group = new VirtualGroup(this);

    [Fact]
    public void Pairs_come_from_the_stores_of_the_other_processes_and_after_a_restart_from_its_own()
    {
        _group.Found(Pairs, 0);
        ExpectAll("raft3", "serial");
        Assert.NotEqual(0, _group.Stores["raft1"].LogReads);

        _group.Actors["raft3"].Tell(new InvalidOperationException("a restart"), ActorRefs.NoSender);

        _group.AdvanceUntil("raft3", "started");
        ExpectAll("raft3", "serial");
        Assert.NotEqual(0, _group.Stores["raft3"].LogReads);
    }

    [Fact]
    public void Engine_stops_if_its_store_returns_other_entries()
    {
        _group.Found(Pairs, Pairs);
        var engine = CreateTestProbe();
        engine.Watch(_group.EngineOf("raft1"));
        _group.Stores["raft1"].GarblesReads = true;

        _group.StartJoining("raft4");
        _group.Actors["raft1"].Tell(new Recorder.Join(new ProcessName("raft4@node1")), ActorRefs.NoSender);
        _group.Advance(10);

        engine.ExpectMsg<Terminated>();
    }

    private void ExpectAll(string name, string callback)
    {
        for (var i = 1; i <= Pairs; i++)
        {
            _group.AdvanceUntil(name, $"{callback} {i} key{i}=value{i}");
        }
    }
}
