using Akka.Actor;

using RaftActors.Network;
using RaftActors.Security;
using RaftActors.Settings;

namespace RaftActors.Cli.Protocol;

/// <summary>The actor of a server that takes requests of clients and other servers, and the role that each request needs.</summary>
internal static class RequestDoor
{
    /// <summary>The path of the actor, without address.</summary>
    public const string Path = $"/user/{ServerId.GroupName}";

    /// <summary>Opens the port of a server.</summary>
    /// <exception cref="RaftConfigurationException">A setting is wrong, or the port cannot be opened.</exception>
    public static void Open(ActorSystem system) =>
        Raft.Get(system).Network.Open(new MessageDoor(Path, ProtocolSerializer.Number, RoleFor, Refuse));

    private static ConnectionRole RoleFor(object message) => message switch
    {
        Request.Append => ConnectionRole.Writer,
        Request.Status or Request.ReadLog or Request.Explain => ConnectionRole.Reader,
        Request => ConnectionRole.Operator,
        _ => ConnectionRole.Node,
    };

    private static object? Refuse(object message, string why) =>
        message is Request request ? new Reply.Refused(request.Number, why, IsFinal: true) : null;
}
