namespace Akka.Actor;

/// <summary>A reference that wraps another one, as the probes of the TestKit do.</summary>
internal interface IActorRefProxy
{
    InternalActorRef Target { get; }
}
