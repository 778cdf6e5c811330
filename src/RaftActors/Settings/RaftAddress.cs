using System.Globalization;

using Akka.Actor;
using Akka.Configuration;

namespace RaftActors.Settings;

/// <summary>
/// The addresses of nodes without remoting, and of clients. Paths of actors need an address, even if the actor system has none. So it is
/// made from the name of the node.
/// </summary>
internal static class RaftAddress
{
    private const string Protocol = "akka.raft";
    private const string System = "raft";

    // The port of a node whose name has none.
    private const int DefaultPort = 4053;

    /// <summary>
    /// The address of a client in a program without one. No node connects to it, because the answers come by its own connections.
    /// </summary>
    public static Address OfClient { get; } = new(AkkaRemoting.Protocol, "raft-client", "client", DefaultPort);

    /// <returns>Null if the name is no address.</returns>
    public static Address? Of(string node)
    {
        var address = NodeAddress.Parse(node) is var (host, port) ? new Address(Protocol, System, host, port)
            : Uri.CheckHostName(node) is UriHostNameType.Dns or UriHostNameType.IPv4 ? new Address(Protocol, System, node, DefaultPort)
            : null;

        // Akka writes hosts in lower case. A node has one name.
        return address is not null && NameOf(address) == node ? address : null;
    }

    /// <summary>
    /// Returns the address of a node for calls of clients. It has the name <c>raft</c> in place of the actor system, whose name clients
    /// need not know.
    /// </summary>
    public static Address WithoutSystem(Address node) =>
        node.HasLocalScope || node.Protocol == Protocol ? node : new Address(Protocol, System, node.Host, node.Port);

    /// <summary>Explains to a person why a name has no address.</summary>
    public static string WhyNone(string node) =>
        $"'{node}' cannot be the name of a node, because raft.address is node. Use small letters, digits, '.' and '-', or host:port.";

    /// <summary>The address of this node in paths that other nodes use.</summary>
    public static Address OwnOf(ExtendedActorSystem system)
    {
        var raft = system.Settings.Config.GetConfig("raft") ?? Config.Empty;
        return IsUsedIn(raft) && raft.GetString("node") is { Length: > 0 } node && Of(node) is { } own ? own
            : system.Provider.DefaultAddress;
    }

    private static string NameOf(Address address) => address.Port is DefaultPort ? address.Host!
        : string.Create(CultureInfo.InvariantCulture, $"{address.Host}:{address.Port}"); // Justification: made with a host.

    public static IActorRef ResolveOwn(ExtendedActorSystem system, Address own, string path) => system.Provider.ResolveActorRef(
        own.Equals(system.Provider.DefaultAddress) ? path : $"{system.Provider.DefaultAddress}{path.AsSpan(own.ToString().Length)}");

    public static bool IsUsedIn(Config raft) => raft.GetString("address") == "node";
}
