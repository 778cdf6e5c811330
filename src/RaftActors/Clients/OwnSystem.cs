using System.Net;
using System.Net.Sockets;

using Akka.Actor;
using Akka.Configuration;

using RaftActors.Settings;

namespace RaftActors.Clients;

/// <summary>The actor system of a program that has none, for one client.</summary>
internal static class OwnSystem
{
    /// <param name="contacts">Each is <c>system@host:port</c>.</param>
    /// <param name="settings">Overrides the settings of this method; null: nothing.</param>
    /// <exception cref="ArgumentException">There is no contact, or one names no actor system.</exception>
    public static ActorSystem Start(IReadOnlyList<string> contacts, Config? settings)
    {
        if (contacts.Count == 0)
        {
            throw new ArgumentException("A client with an actor system of its own needs contacts: system@host:port.", nameof(contacts));
        }

        if (contacts.FirstOrDefault(contact => contact.IndexOf('@') <= 0) is { } nameless)
        {
            throw new ArgumentException($"The contact '{nameless}' names no actor system. Write system@host:port.", nameof(contacts));
        }

        // Where each node takes raft's connections at its address, nothing asks for a port by the remoting.
        var way = settings?.GetBoolean("raft.transport-tcp.at-address") == true
            ? "actor.provider = local"
            : $$"""
              actor.provider = remote
              remote.use-passive-connections = off
              remote.dot-netty.tcp { hostname = "{{HostTowards(contacts[0])}}", port = 0 }
              """;
        var own = ConfigurationFactory.ParseString(
            $$"""
            akka {
              loglevel = ERROR
              log-dead-letters = off
              # The program decides what a signal does. With this hook a signal would stop this system, and the program would go on.
              coordinated-shutdown.run-by-clr-shutdown-hook = off
              {{way}}
            }
            """);
        return ActorSystem.Create("raft-client", (settings?.WithFallback(own) ?? own).WithFallback(ConfigKeys.Defaults));
    }

    /// <summary>
    /// The address of this machine on its route to a node: the address that the node can connect to, unless a translation is in between.
    /// The choice sends no packet.
    /// </summary>
    /// <param name="contact"><c>host:port</c>, which may have a name before it.</param>
    public static string HostTowards(string contact)
    {
        var (host, port) = NodeAddress.Parse(contact[(contact.IndexOf('@') + 1)..]) ?? ("127.0.0.1", 1);
        try
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            socket.Connect(host, port);
            return ((IPEndPoint)socket.LocalEndPoint!).Address.ToString(); // Justification: a connected socket has an address.
        }
        catch (SocketException)
        {
            // No route now. There may be one later, and only a local group answers without.
            return "127.0.0.1";
        }
    }
}
