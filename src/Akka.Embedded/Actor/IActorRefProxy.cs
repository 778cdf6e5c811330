namespace Akka.Actor;

/// <summary>A reference that stands for another one, as the probes of the test kit do.</summary>
internal interface IActorRefProxy
{
    InternalActorRef Target { get; }
}
