using Akka.Actor;
using Akka.Event;

using RaftActors.Transport;
using RaftActors.Wire;

namespace RaftActors.Discovery;

/// <content>News of the lanes, and of what came by the remoting in their place.</content>
internal sealed partial class RaftRegistry
{
    // Each raft actor that starts tells the lanes, and a Hello has all processes. So only what is new causes Hellos.
    private void OnLanes(ILanes lanes)
    {
        var (lanesBefore, endpointBefore) = (_lanes, _endpoint);
        _lanes = lanes;
        _endpoint = TcpLanes?.Endpoint;
        if (_lanes == lanesBefore && _endpoint == endpointBefore)
        {
            return;
        }

        foreach (var node in _nodes.All)
        {
            node.HasAnswered = false;
        }

        GreetAll();
    }

    private void OnLaneConnected(LaneNews.Connected connected) =>
        RegistryAt(connected.Address).Tell(new WireMessage.LaneFence(connected.Node, connected.Number, IsReply: false), Self);

    private void OnLaneFence(WireMessage.LaneFence fence)
    {
        if (fence.IsReply)
        {
            TcpLanes?.Open(Sender.Path.Address, fence);
        }
        else if (fence.Node == TcpLanes?.Endpoint?.Node)
        {
            Sender.Tell(fence with { IsReply = true }, Self);
        }
    }

    // A node sends it after its Hello. A node that has no place among those known here gets none among the connections either.
    private void OnLaneAt(WireMessage.LaneAt endpoint)
    {
        if (_nodes.Find(Sender.Path.Address) is not null)
        {
            TcpLanes?.Learn(Sender.Path.Address, endpoint);
        }
    }

    // Any program may have sent it. The port is no secret, and the connection shows whether it is the right one.
    private void OnByRemoting(ByRemoting message)
    {
        switch (message.Rumour)
        {
            case WireMessage.LaneWanted when TcpLanes?.Endpoint is { } endpoint:
                SelectionAt(Sender.Path.Address).Tell(endpoint, Self);
                break;
            case WireMessage.LaneAt endpoint:
                TcpLanes?.LearnRumour(Sender.Path.Address, endpoint);
                break;
        }
    }

    private void OnLaneOpened(LaneNews.Opened opened)
    {
        Context.System.EventStream.Publish(opened);
        Greet(opened.Address);
    }

    // Clients look for another way.
    private void OnLaneDisconnected(LaneNews.Disconnected disconnected)
    {
        Context.System.EventStream.Publish(disconnected);
        OnLaneEnded(disconnected.Address);
    }

    // The answer to the next Hello brings the endpoint again, if there still is one.
    private void OnLaneFailed(LaneNews.Failed failed)
    {
        if (_nodes.Find(failed.Address) is { } node)
        {
            node.HasAnswered = false;
        }
    }

    // The node is gone, or only the connection is. The answer to a Hello shows which.
    private void OnLaneEnded(Address address)
    {
        OnReachability(address, false);
        if (_nodes.Find(address) is not null)
        {
            Greet(address);
        }
    }
}
