using Akka.Actor;
using Akka.Configuration;

namespace RaftActors.Examples;

/// <summary>A node with a counter and a watchdog, as docs/operations.md shows them.</summary>
public static class CounterNode
{
    /// <returns>The actor system of the node, and its counter.</returns>
    public static (ActorSystem System, IActorRef Counter) Start(string hocon)
    {
        var system = ActorSystem.Create("shop", ConfigurationFactory.ParseString(hocon));
        var watchdog = system.ActorOf(Props.Create(() => new Watchdog()));
        system.EventStream.Subscribe(watchdog, typeof(RaftEvent));
        var counter = system.ActorOf(Props.Create(() => new Counter()), "counter");
        return (system, counter);
    }
}

/// <summary>Stops its node when the raft actor cannot start, or cannot go on.</summary>
public sealed class Watchdog : ReceiveActor
{
    public Watchdog()
    {
        Receive<RaftEvent.StartFailed>(failed => Stop(failed.Cause.Message));
        Receive<RaftEvent.Fenced>(fenced => Stop(fenced.Detail));
        Receive<RaftEvent.Stopped>(stopped => Stop(stopped.Detail));
    }

    private static void Stop(string why)
    {
        Console.Error.WriteLine(why);
        Context.System.Terminate();
    }
}
