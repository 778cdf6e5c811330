using Akka.Actor;

using RaftActors.Core.Codec;
using RaftActors.Wire;

namespace RaftActors.Network;

/// <summary>
/// Sends calls of this node's clients to one other node by a custom transport. The transport may lose them, so a caller that waits too
/// long sends its call again. Thread-safe.
/// </summary>
internal sealed class CustomCallLink(Address address, CustomConnection connection, NetworkContext context) : ICallLink
{
    private readonly OpenCalls _open = new();
    private readonly ConnectionRef _other = new(ActorPath.Parse($"{address}{InboundConnection.RegistryPath}"), connection, context);

    /// <inheritdoc/>
    public bool Send(CallTarget target, ClientCall call, ICaller caller)
    {
        ByteWriter writer = new() { Level = connection.Level };
        try
        {
            CallFormat.WriteCall(writer, _open.NumberOf(caller), target, call);
        }
        catch (ArgumentException)
        {
            Forget(caller);
            context.OnUnwritten(call, address);
            return true;
        }

        _other.Tell(new WireMessage.Call(writer.ToArray()), context.Registry);
        return true;
    }

    /// <inheritdoc/>
    public void Forget(ICaller caller) => _open.Remove(caller);

    /// <exception cref="InvalidDataException">The head of the reply is damaged.</exception>
    public void Receive(WireMessage.Reply reply) => _open.Return(reply.Frame, context.Outcomes);
}
