using Akka.Dispatch.SysMsg;

namespace Akka.Actor;

/// <summary>The reference to no actor. A failed look-up returns it.</summary>
internal sealed class Nobody : InternalActorRef
{
    public static readonly Nobody Instance = new();

    private Nobody()
    {
    }

    public override ActorPath Path { get; } = new RootActorPath(new Address("akka", "all-systems")) / "Nobody";

    public override LocalActorRefProvider Provider => throw new NotSupportedException("Nobody belongs to no actor system.");

    public override void SendSystemMessage(SystemMessage message)
    {
    }

    protected override void TellInternal(object message, IActorRef? sender)
    {
    }
}
