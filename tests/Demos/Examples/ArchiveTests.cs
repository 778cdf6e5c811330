using Akka.Actor;
using Akka.TestKit.Xunit2;

using RaftActors.Testing;

namespace RaftActors.Examples;

/// <summary>Tests an actor that writes its state as a stream: one archive's snapshot restores another one.</summary>
public sealed class ArchiveTests : TestKit
{
    [Fact]
    public void Streamed_state_restores_another_archive()
    {
        var asked = CreateTestProbe();
        var group = new ScriptedGroup<string>(Sys, asked, [("poem", "roses"), ("novel", "It was a dark night.")]);
        Sys.ActorOf(Props.Create(() => new Archive()), "first");
        group.BuildQuorum(withActor: false);
        group.TakeSnapshot();
        var state = Assert.IsType<byte[]>(asked.ExpectMsg<FromActor<string>.Snapshot>().State);

        using var system = ActorSystem.Create("other");
        var others = CreateTestProbe(system);
        var other = new ScriptedGroup<string>(system, others);
        var archive = system.ActorOf(Props.Create(() => new Archive()), "second");
        other.BuildQuorum(withActor: false);
        other.SendStreamSnapshot(new Serial(2), state);
        archive.Tell(new Store("poem", "violets"), TestActor);
        other.Commit(others.ExpectMsg<FromActor<string>.Append>());

        ExpectMsg<Outcome<int>>(done => Assert.Equal(2, done.ResultOr(0)));
        archive.Tell(new Find("novel"), TestActor);
        ExpectMsg("It was a dark night.");
    }
}
