using Akka.Actor;
using Akka.TestKit.Xunit;

using RaftActors;
using RaftActors.Testing;

namespace RaftApp.Tests;

/// <summary>Tests the counter against a scripted group: each line is one event of the group.</summary>
public sealed class CounterTests : TestKit
{
    [Fact]
    public void Number_is_counted_when_the_group_has_committed_it()
    {
        var asked = CreateTestProbe();
        var group = new ScriptedGroup<int>(Sys, asked);
        var counter = Sys.ActorOf(Props.Create(() => new Counter()));
        group.BuildQuorum(withActor: false);

        counter.Tell(new Count(42), TestActor);
        group.Commit(asked.ExpectMsg<FromActor<int>.Append>());

        ExpectMsg<Outcome<int>>(outcome => Assert.Equal(42, outcome.Result));
    }
}
