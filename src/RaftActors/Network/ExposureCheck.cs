using System.Net;

using Akka.Actor;
using Akka.Event;

using RaftActors.Settings;

namespace RaftActors.Network;

/// <summary>Warns at the start of a node that other machines reach, if it has neither encryption nor authentication.</summary>
internal static class ExposureCheck
{
    public static void Warn(ExtendedActorSystem system, TransportSettings transport, SecuritySettings security)
    {
        var host = TcpNetwork.HostOf(system, transport);
        if (!security.IsOn && !IsLoopback(host))
        {
            system.Log.Warning(
                "This node listens on {0} without encryption and authentication: every program that reaches its ports can read, append and "
                + "change the members. Set raft.security (docs/security.md), or listen on 127.0.0.1.",
                host.Length > 0 ? host : "all addresses");
        }
    }

    /// <summary>Tells whether only programs of this machine can reach a host.</summary>
    public static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
}
