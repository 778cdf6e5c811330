using Akka.Actor;
using Akka.Event;

using RaftActors.Network;
using RaftActors.Wire;

namespace RaftActors.Discovery;

/// <content>News of connections.</content>
internal sealed partial class RaftRegistry
{
    private void OnConnectionOpened(ConnectionNews.Opened opened)
    {
        Context.System.EventStream.Publish(opened);
        Greet(opened.Address);
    }

    // Clients look for another route.
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
