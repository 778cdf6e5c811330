using Akka.Actor;

using RaftActors.Security;
using RaftActors.Transport;

namespace RaftActors.Cli.Protocol;

/// <summary>The actor of a server that takes requests of clients and other servers, and the role that each request needs.</summary>
internal static class RequestDoor
{
    /// <summary>The path of the actor, without address.</summary>
    public const string Path = $"/user/{ServerId.GroupName}";

    /// <summary>Opens the port of a server.</summary>
    /// <exception cref="RaftConfigurationException">A setting is wrong, or the port cannot be opened.</exception>
    public static void Open(ActorSystem system) =>
        Raft.Get(system).OpenDoor(new LaneDoor(Path, ProtocolSerializer.Number, RoleFor, Refuse));

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
