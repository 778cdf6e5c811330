using Akka.Actor;

using RaftActors.Security;
using RaftActors.Transport;

namespace RaftActors.Tests.Transport;

/// <summary>Connections without encryption and authentication.</summary>
internal static class Unprotected
{
    public static readonly SecuritySettings Settings = new(Tls: null, "", TimeSpan.FromSeconds(10), new RoleRules([], [], [], []));

    /// <summary>The lanes of a node that listens.</summary>
    public static Lanes Listen(ExtendedActorSystem system, TransportSettings settings, IActorRef registry)
    {
        // Justification: the system has an address.
        var lanes = Lanes.Make(system, settings, Settings, new ForeignMessages(system), registry)!;
        lanes.Listen();
        return lanes;
    }
}
