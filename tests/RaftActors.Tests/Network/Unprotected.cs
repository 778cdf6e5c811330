namespace RaftActors.Tests.Network;

/// <summary>Connections without encryption and authentication.</summary>
internal static class Unprotected
{
    public static readonly SecuritySettings Settings = new(Tls: null, TimeSpan.FromSeconds(10), new RoleRules([], [], [], []));

    /// <summary>The messages that an engine was told at once.</summary>
    public static IEnumerable<WireMessage> MessagesOf(object told) => told is WireBatch batch ? batch.Messages : [(WireMessage)told];

    /// <summary>The context of the connections of one node. Their news go to the test actor.</summary>
    /// <param name="name">The name of the actor system in the metrics.</param>
    public static NetworkContext ContextOf(
        TestKit kit, Address own, TransportSettings settings, Func<string, IActorRef> resolve, string name = "test") =>
        new(settings, own, Node: 7, kit.TestActor, kit.Sys.Log, new TransportMetrics(name))
        {
            Outcomes = new OutcomeFormat((ExtendedActorSystem)kit.Sys),
            Calls = new NodeCalls(),
            Resolve = resolve,
        };

    /// <summary>The connections of a node that listens.</summary>
    public static TcpNetwork Listen(ExtendedActorSystem system, TransportSettings settings, IActorRef registry)
    {
        var network = new TcpNetwork(system, settings, Settings, new NodeCalls(), registry);
        network.Listen();
        return network;
    }
}
