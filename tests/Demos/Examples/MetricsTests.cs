using System.Collections.Concurrent;

using Akka.Actor;
using Akka.TestKit.Xunit2;

using RaftActors.Testing;

namespace RaftActors.Examples;

/// <summary>The listener that docs/monitoring.md shows, with the counter.</summary>
public sealed class MetricsTests : TestKit
{
    [Fact]
    public void Line_is_written_for_an_append_that_has_ended()
    {
        var asked = CreateTestProbe();
        var group = new ScriptedGroup<int>(Sys, asked);
        var counter = Sys.ActorOf(Props.Create(() => new Counter()), "metered");
        var lines = new ConcurrentQueue<string>();
        using var listener = Metrics.ListenTo(lines.Enqueue);
        group.BuildQuorum(withActor: false);

        counter.Tell(new Count(42), TestActor);
        group.Commit(asked.ExpectMsg<FromActor<int>.Append>());

        ExpectMsg<Outcome<int>>().OrThrow();
        Assert.Contains("raft.appends 1 {append} [raft.group, metered] [raft.process, metered@node1@scripted] [outcome, done]", lines);
    }
}
