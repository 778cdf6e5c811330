namespace RaftActors.Tests.Actors;

/// <summary>The tests of one actor of a scripted group with two pairs.</summary>
public abstract class ScriptedActorTest : TestKit
{
    private protected ScriptedActorTest()
    {
        Asked = CreateTestProbe("asked");
        Watcher = CreateTestProbe("watcher");
        Group = new ScriptedGroup<string>(Sys, Asked, [.. Recorder.Pairs(2)]);
    }

    /// <summary>What the actor asks of the group.</summary>
    private protected TestProbe Asked { get; }

    /// <summary>The messages of the actor; see <see cref="Recorder"/>.</summary>
    private protected TestProbe Watcher { get; }

    private protected ScriptedGroup<string> Group { get; }

    private protected IActorRef Start(RaftOptions<string>? options = null) =>
        Sys.ActorOf(Props.Create(() => new Recorder(Watcher, options)));

    private protected void Expect(params string[] expected)
    {
        foreach (var what in expected)
        {
            Watcher.ExpectMsg(what);
        }
    }

    private protected void ExpectNothing() => Watcher.ExpectNoMsg(TimeSpan.Zero);
}
