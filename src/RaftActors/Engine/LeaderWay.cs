using Akka.Actor;

using RaftActors.Core;
using RaftActors.Transport;

namespace RaftActors.Engine;

/// <summary>The engine to send a request for the leader of a term to: the leader's own, or a member's that passes the request on.</summary>
/// <param name="Hops">The number of times that the request may be passed on.</param>
internal sealed record LeaderWay(IActorRef Engine, int Hops, Term Term)
{
    /// <summary>
    /// Finds the way; null: there is none yet. A learner goes through a quorum member. Members know a new leader from its election, and a
    /// learner only from its first message.
    /// </summary>
    /// <param name="detours">
    /// The number of refusals on ways to this leader. A member that does not hear the leader always refuses. So each refusal leads to the
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

        // A connection that is the only way proves its sender. So no member can pass on a request there, and its answer would be lost.
        List<LeaderWay> ways =
        [
            .. quorum.Members.Order().Where(member => member != leader.Leader)
                .Select(member => context.Peers.FindServing(member.Name)).OfType<IActorRef>()
                .Where(member => member is not LaneRef)
                .Select(member => new LeaderWay(member, 1, leader.Term)),
        ];
        if (context.Peers.FindServing(leader.Leader.Name) is { } engine)
        {
            ways.Add(new LeaderWay(engine, 0, leader.Term));
        }

        return ways.Count > 0 ? ways[detours % ways.Count] : null;
    }

    /// <summary>The leader of this way's term is known, and the engine on the way takes requests.</summary>
    public bool IsOpen(EngineContext context) =>
        context.Leader?.Term == Term && (Engine.Equals(context.Self) || context.Peers.IsServing(Engine));

    /// <summary>The leader's engine, to pass a request on to; null: refuse the request.</summary>
    public static IActorRef? PassOn(EngineContext context, int hops) =>
        hops > 0 && context.Leader is { IsSelf: false } leader ? context.Peers.FindServing(leader.Leader.Name) : null;
}
