using Akka.Actor;

using RaftActors.Core;

namespace RaftActors.Engine;

/// <summary>The engine of the leader of a term, to send requests to.</summary>
internal readonly record struct LeaderRoute(IActorRef Engine, Term Term)
{
    /// <summary>Finds the way; null: there is none yet.</summary>
    public static LeaderRoute? Find(EngineContext context)
    {
        if (!context.HasBooted || context.Leader is not { } leader)
        {
            return null;
        }

        var engine = leader.IsSelf ? context.Self : context.Peers.FindServing(leader.Leader.Name);
        return engine is null ? null : new LeaderRoute(engine, leader.Term);
    }
}
