namespace RaftActors.Tests.Actors;

/// <summary>The tests of one actor with snapshots in virtual time, whose group the test plays.</summary>
public abstract class VirtualActorTest<TValue> : TestKit
{
    /// <param name="name">The name of the actor.</param>
    private protected VirtualActorTest(string name)
        : base(
            $$"""
            akka.loglevel = OFF
            akka.scheduler.implementation = "VirtualTime.VirtualScheduler, RaftActors.Tests"
            raft { node = "node1", roster = ["{{name}}@node1"], quorum.allow-fewer-than-three = on }
            """)
    {
        Asked = CreateTestProbe("asked");
        Group = new ScriptedGroup<TValue>(Sys, Asked);
    }

    /// <summary>What the actor asks of the group.</summary>
    private protected TestProbe Asked { get; }

    private protected ScriptedGroup<TValue> Group { get; }

    private protected void Advance(int seconds) => ((VirtualScheduler)Sys.Scheduler).Advance(TimeSpan.FromSeconds(seconds));

    /// <summary>
    /// The actor has handled all that it was told, and has asked for nothing. Its state comes after all that it asks for.
    /// </summary>
    private protected void ExpectNothingAsked()
    {
        Group.TakeSnapshot();
        Asked.ExpectMsg<FromActor<TValue>.Snapshot>();
    }
}
