using Akka.Actor;
using Akka.Event;

using RaftActors.Network;
using RaftActors.Wire;

namespace RaftActors.Discovery;

/// <content>News of connections, and the question for the port of another node, which goes by the remoting.</content>
internal sealed partial class RaftRegistry
{
    // Tells the own port as well. When this node has restarted quickly, Akka.NET with use-passive-connections, its default, can lose all
    // messages to it: then the other node connects, and its handshake has the answer.
    private void OnPortWanted(ConnectionNews.Wanted wanted)
    {
        SelectionAt(wanted.Address).Tell(new WireMessage.PortWanted(), Self);
        TellPort(wanted.Address);
    }

    // The port is no secret, and the connection shows whether it is the right one.
    private void TellPort(Address address)
    {
        if (Tcp?.Endpoint is { } endpoint)
        {
            SelectionAt(address).Tell(endpoint, Self);
        }
    }

    private static ActorSelection SelectionAt(Address address) => Context.ActorSelection(new RootActorPath(address) / "system" / "raft");

    private void OnConnectionOpened(ConnectionNews.Opened opened)
    {
        Context.System.EventStream.Publish(opened);
        Greet(opened.Address);
    }

    // Clients look for another way.
    private void OnDisconnected(ConnectionNews.Disconnected disconnected)
    {
        Context.System.EventStream.Publish(disconnected);
        OnConnectionEnded(disconnected.Address);
    }

    // The node is gone, or only the connection is. The answer to a Hello shows which.
    private void OnConnectionEnded(Address address)
    {
        OnReachability(address, false);
        if (_nodes.Find(address) is not null)
        {
            Greet(address);
        }
    }
}
