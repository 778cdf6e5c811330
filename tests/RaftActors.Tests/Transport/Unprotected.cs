using Akka.Actor;

using RaftActors.Security;
using RaftActors.Transport;
using RaftActors.Wire;

namespace RaftActors.Tests.Transport;

/// <summary>Connections without encryption and authentication.</summary>
internal static class Unprotected
{
    public static readonly SecuritySettings Settings = new(Tls: null, "", TimeSpan.FromSeconds(10), new RoleRules([], [], [], []));

    /// <summary>The messages that an engine was told at once.</summary>
    public static IEnumerable<WireMessage> MessagesOf(object told) => told is WireBatch batch ? batch.Messages : [(WireMessage)told];

    /// <summary>The lanes of a node that listens.</summary>
    public static Lanes Listen(ExtendedActorSystem system, TransportSettings settings, IActorRef registry)
    {
        // Justification: the system has an address.
        var lanes = Lanes.Make(system, settings, Settings, new ForeignMessages(system), registry)!;
        lanes.Listen();
        return lanes;
    }
}
