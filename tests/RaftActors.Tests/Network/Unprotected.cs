using Akka.Actor;

using RaftActors.Network;
using RaftActors.Settings;
using RaftActors.Wire;

namespace RaftActors.Tests.Network;

/// <summary>Connections without encryption and authentication.</summary>
internal static class Unprotected
{
    public static readonly SecuritySettings Settings = new(Tls: null, TimeSpan.FromSeconds(10), new RoleRules([], [], [], []));

    /// <summary>The messages that an engine was told at once.</summary>
    public static IEnumerable<WireMessage> MessagesOf(object told) => told is WireBatch batch ? batch.Messages : [(WireMessage)told];

    /// <summary>The connections of a node that listens.</summary>
    public static TcpNetwork Listen(ExtendedActorSystem system, TransportSettings settings, IActorRef registry)
    {
        var network = new TcpNetwork(system, settings, Settings, new NodeCalls(), registry);
        network.Listen();
        return network;
    }
}
