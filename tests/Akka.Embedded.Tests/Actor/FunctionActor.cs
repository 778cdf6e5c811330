using Akka.Actor;

namespace Akka.Embedded.Tests.Actor;

internal sealed class FunctionActor(Action<IActorContext, object> receive) : UntypedActor
{
    protected override void OnReceive(object message) => receive(Context, message);
}
