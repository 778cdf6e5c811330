using Akka.Actor;

using RaftActors.Core;

namespace RaftActors.Engine;

/// <summary>Where to send what the leader of a term is to do: to itself, or to a member that passes it on.</summary>
/// <param name="Hops">How often it may be passed on.</param>
internal sealed record LeaderWay(IActorRef Engine, int Hops, Term Term)
{
    /// <summary>
    /// Null as long as there is none. A learner goes through a quorum member: members know of a new leader from its election, a learner
    /// only when the leader first writes to it.
    /// </summary>
    /// <param name="detours">
    /// How often a way to this leader was refused. A member that does not hear the leader refuses for ever, so each refusal leads to the
    /// next member, then to the leader itself, then to the first member again.
    /// </param>
    public static LeaderWay? Find(EngineContext context, int detours = 0)
    {
        if (!context.HasBooted || context.Leader is not { } leader)
        {
            return null;
        }

        if (leader.IsSelf)
        {
            return new LeaderWay(context.Self, 0, leader.Term);
        }

        if (context.Quorum is not { IsMember: false } quorum)
        {
            return context.Peers.FindServing(leader.Leader.Name) is { } only ? new LeaderWay(only, 0, leader.Term) : null;
        }

        List<LeaderWay> ways =
        [
            .. quorum.Members.Order().Where(member => member != leader.Leader)
                .Select(member => context.Peers.FindServing(member.Name)).OfType<IActorRef>()
                .Select(member => new LeaderWay(member, 1, leader.Term)),
        ];
        if (context.Peers.FindServing(leader.Leader.Name) is { } engine)
        {
            ways.Add(new LeaderWay(engine, 0, leader.Term));
        }

        return ways.Count > 0 ? ways[detours % ways.Count] : null;
    }

    /// <summary>The leader's engine, for what came with hops left to one that does not lead; null if it is to be refused.</summary>
    public static IActorRef? PassOn(EngineContext context, int hops) =>
        hops > 0 && context.Leader is { IsSelf: false } leader ? context.Peers.FindServing(leader.Leader.Name) : null;
}
