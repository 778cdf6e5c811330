using Akka.Actor;
using Akka.Dispatch.SysMsg;

namespace Akka.Event;

/// <summary>Writes at once, on the thread that logs: for the time before the loggers have started and after they have ended.</summary>
internal sealed class StandardOutLogger(LocalActorRefProvider provider) : InternalActorRef
{
    public override ActorPath Path { get; } = provider.RootPath / "StandardOutLogger";

    public override LocalActorRefProvider Provider => provider;

    public override void SendSystemMessage(SystemMessage message)
    {
    }

    protected override void TellInternal(object message, IActorRef? sender) => Console.Out.WriteLine(message);
}
