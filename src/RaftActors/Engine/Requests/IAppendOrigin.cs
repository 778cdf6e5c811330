using Akka.Actor;

using RaftActors.Wire;

namespace RaftActors.Engine.Requests;

/// <summary>Gets the leader's answer to an Append: a part of the leader's engine, or the engine of another process.</summary>
internal interface IAppendOrigin
{
    /// <summary>Takes the answer. May be called before <see cref="LeaderProposals.Submit"/> returns.</summary>
    void Receive(AppendReply reply);
}

internal sealed class RemoteOrigin(EngineContext context, IActorRef engine) : IAppendOrigin
{
    public void Receive(AppendReply reply) => context.Send(engine, reply);
}
