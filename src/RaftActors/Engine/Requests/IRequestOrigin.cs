using Akka.Actor;

using RaftActors.Wire;

namespace RaftActors.Engine.Requests;

/// <summary>Gets the leader's answer to a request: a part of the leader's engine, or the engine of another process.</summary>
internal interface IRequestOrigin
{
    /// <summary>Takes the answer. May be called before the request returns.</summary>
    void Receive(RequestReply reply);
}

internal sealed class RemoteOrigin(EngineContext context, IActorRef engine) : IRequestOrigin
{
    public void Receive(RequestReply reply) => context.Send(engine, reply);
}
