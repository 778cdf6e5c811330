using Akka.Actor;

namespace Akka.Conformance.Tests;

/// <summary>An actor whose test handles its messages.</summary>
internal sealed class Scripted(Action<IActorContext, object> receive) : UntypedActor
{
    public static Props Props(Action<IActorContext, object> receive) => Akka.Actor.Props.Create(() => new Scripted(receive));

    protected override void OnReceive(object message) => receive(Context, message);
}
