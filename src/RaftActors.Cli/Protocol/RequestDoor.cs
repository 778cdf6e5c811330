using RaftActors.Security;
using RaftActors.Transport;

namespace RaftActors.Cli.Protocol;

/// <summary>The actors that exchange requests and replies by encrypted connections, and the role that each request needs.</summary>
internal static class RequestDoor
{
    /// <summary>The actor of a server.</summary>
    public static LaneDoor OfServer { get; } = new($"/user/{ServerId.GroupName}", ProtocolSerializer.Number, RoleFor, Refuse);

    /// <summary>The actor of a client. It takes replies of servers that have proved their identity.</summary>
    public static LaneDoor OfClient { get; } = new("/user/client", ProtocolSerializer.Number, _ => LaneRole.Node, (_, _) => null);

    private static LaneRole RoleFor(object message) => message switch
    {
        Request.Append => LaneRole.Writer,
        Request.Status or Request.ReadLog or Request.Explain => LaneRole.Reader,
        Request => LaneRole.Operator,
        _ => LaneRole.Node,
    };

    private static object? Refuse(object message, string why) =>
        message is Request request ? new Reply.Refused(request.Number, why, IsFinal: true) : null;
}
