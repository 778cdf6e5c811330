using Akka.Actor;

using RaftActors.Core;

namespace RaftActors.Engine;

/// <summary>Where to send what the leader of a term is to do: to itself, or to a member that passes it on.</summary>
/// <param name="Hops">How often it may be passed on.</param>
internal sealed record LeaderWay(IActorRef Engine, int Hops, Term Term)
{
    /// <summary>
    /// Null as long as there is none. A follower goes through a quorum member: members know of a new leader from its election, a follower
    /// only when the leader first writes to it.
    /// </summary>
    public static LeaderWay? Find(EngineContext context)
    {
        if (!context.HasBooted || context.Leader is not { } leader)
        {
            return null;
        }

        if (leader.IsSelf)
        {
            return new LeaderWay(context.Self, 0, leader.Term);
        }

        if (context.Quorum is { IsMember: false } quorum)
        {
            var member = quorum.Members.Order().Where(member => member != leader.Leader)
                .Select(member => context.Peers.FindReachable(member.Name)).FirstOrDefault(engine => engine is not null);
            if (member is not null)
            {
                return new LeaderWay(member, 1, leader.Term);
            }
        }

        return context.Peers.FindReachable(leader.Leader.Name) is { } engine ? new LeaderWay(engine, 0, leader.Term) : null;
    }

    /// <summary>The leader's engine, for what came with hops left to one that does not lead; null if it is to be refused.</summary>
    public static IActorRef? PassOn(EngineContext context, int hops) =>
        hops > 0 && context.Leader is { IsSelf: false } leader ? context.Peers.FindReachable(leader.Leader.Name) : null;
}
