namespace RaftActors.Tests.Network;

/// <summary>An actor that runs as engines do. It tells the test kit the thread on which it handles each message.</summary>
internal sealed class ThreadTeller(IActorRef observer) : UntypedActor
{
    /// <summary>Starts one. It was idle at the end of a run on this thread, so it is idle when this returns.</summary>
    public static IActorRef StartIdle(TestKit kit)
    {
        EngineDispatcher.AddTo(kit.Sys);
        var props = Props.Create(() => new ThreadTeller(kit.TestActor)).WithDispatcher(EngineDispatcher.DispatcherId);
        var teller = kit.Sys.ActorOf(props);
        kit.AwaitCondition(() => RunsHere(kit, teller), TimeSpan.FromSeconds(30));
        return teller;
    }

    protected override void OnReceive(object message) => observer.Tell(Environment.CurrentManagedThreadId);

    private static bool RunsHere(TestKit kit, IActorRef teller)
    {
        EngineDispatcher.BeginOffer();
        teller.Tell("message");
        EngineDispatcher.EndOffer(isTaken: true);
        return kit.ExpectMsg<int>() == Environment.CurrentManagedThreadId;
    }
}
