using System.Globalization;

using Akka.Actor;
using Akka.Configuration;

namespace RaftActors.Settings;

/// <summary>
/// The addresses of nodes with a custom transport, and of clients without a remoting. Paths of actors need one, though the actor system has
/// none. The name of a node stands for its address.
/// </summary>
internal static class CustomAddress
{
    private const string Protocol = "akka.raft";
    private const string System = "raft";

    // A path with an address needs a port, and a name may have none.
    private const int NoPort = 1;

    /// <summary>A client in a program without an address. No node connects to it: the answers come by its own connections.</summary>
    public static Address OfClient { get; } = new(AkkaRemoting.Protocol, "raft-client", "client", NoPort);

    /// <returns>Null: the name cannot be one of a node with a custom transport.</returns>
    public static Address? Of(string node)
    {
        var address = NodeAddress.Parse(node) is var (host, port) ? new Address(Protocol, System, host, port)
            : Uri.CheckHostName(node) is UriHostNameType.Dns or UriHostNameType.IPv4 ? new Address(Protocol, System, node, NoPort)
            : null;

        // Akka writes hosts in small letters.
        return address is not null && NodeOf(address) == node ? address : null;
    }

    /// <returns>Null: it is no such address.</returns>
    public static string? NodeOf(Address address) =>
        address.Protocol != Protocol || address.Host is null ? null
        : address.Port is null or NoPort ? address.Host
        : string.Create(CultureInfo.InvariantCulture, $"{address.Host}:{address.Port}");

    /// <summary>
    /// The address of a node for calls of clients, who need not know the name of its actor system: <c>raft</c> stands for it.
    /// </summary>
    public static Address WithoutSystem(Address node) =>
        node.HasLocalScope || node.Protocol == Protocol ? node : new Address(Protocol, System, node.Host, node.Port);

    /// <summary>Explains to a person why a name has no address.</summary>
    public static string WhyNone(string node) =>
        $"'{node}' cannot be the name of a node, because raft.transport is custom. Use small letters, digits, '.' and '-', or host:port.";

    /// <summary>The address of this node, for paths that other nodes use.</summary>
    public static Address OwnOf(ExtendedActorSystem system)
    {
        var raft = system.Settings.Config.GetConfig("raft") ?? Config.Empty;
        return IsUsedIn(raft) && raft.GetString("node") is { Length: > 0 } node && Of(node) is { } own ? own
            : system.Provider.DefaultAddress;
    }

    /// <summary>The actor of this node at a path with its own address.</summary>
    public static IActorRef ResolveOwn(ExtendedActorSystem system, Address own, string path) => system.Provider.ResolveActorRef(
        own.Equals(system.Provider.DefaultAddress) ? path : $"{system.Provider.DefaultAddress}{path.AsSpan(own.ToString().Length)}");

    /// <param name="raft">The configuration of <c>raft</c>.</param>
    public static bool IsUsedIn(Config raft) => raft.GetString("transport") == "custom";
}
