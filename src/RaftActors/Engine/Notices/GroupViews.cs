using Akka.Event;

using RaftActors.Core;
using RaftActors.Delivery;

namespace RaftActors.Engine;

/// <summary>
/// Tells the actor of met processes, the quorum and the leader. Invariant: a new life is told the same, in the same order, as earlier
/// lives.
/// </summary>
internal sealed class GroupViews(EngineContext context, ActorNotices notices)
{
    // The processes that Core has met, with the last serial in their logs. Invariant: the peer book has each of them.
    private readonly SortedDictionary<ProcessName, Serial> _met = [];

    // The latest news of each, which the actor may not have taken yet.
    private readonly Dictionary<ProcessName, ToActor.PeerMet> _told = [];
    private bool _hasComparedMaxQuorum;

    private ProcessName Self => context.Process.Name;

    public void OnMet(Effect.PeerMet met)
    {
        _met[met.Peer.Name] = met.Serial;
        TellMet(met.Peer.Name, met.Serial);
    }

    public void OnQuorum(QuorumView? quorum)
    {
        context.Quorum = quorum;
        var text = quorum is null ? "the quorum is lost" : $"the quorum is {string.Join(", ", quorum.Members)}";
        context.Log.Info("{Process}: {Quorum}", Self, text);
        TellQuorum();
    }

    public void OnLeader(LeaderView? leader)
    {
        context.Leader = leader;
        CompareMaxQuorum(leader);
        TellLeader();
    }

    /// <summary>Tells a new life all that is known.</summary>
    public void TellAll()
    {
        foreach (var (name, serial) in _met)
        {
            TellMet(name, serial);
        }

        if (context.Quorum is not null)
        {
            TellQuorum();
        }

        if (context.Leader is not null)
        {
            TellLeader();
        }
    }

    /// <summary>The actor of another process, or its reachability, changed.</summary>
    public void OnPeer(ProcessName name)
    {
        if (_met.TryGetValue(name, out var serial))
        {
            TellMet(name, serial);
        }
    }

    /// <summary>The process is forgotten: no configuration names it, and it is unreachable.</summary>
    public void Forget(ProcessName name)
    {
        if (_met.Remove(name))
        {
            _told.Remove(name);
            context.TellActor(new ToActor.PeerForgotten(context.Life, name));
        }
    }

    // Once in the life of the engine, and not before a leader is ready: until then older configurations may be replayed.
    private void CompareMaxQuorum(LeaderView? leader)
    {
        var own = context.Process.Settings.Quorum.Max;
        if (_hasComparedMaxQuorum || leader is not { IsReady: true } || context.Configuration is not { MaxQuorum: var recorded })
        {
            return;
        }

        _hasComparedMaxQuorum = true;
        if (recorded != own)
        {
            context.Log.Info("{0}: {1}", Self, EngineExplanation.OfMaxQuorum(recorded, own));
        }
    }

    private void TellMet(ProcessName name, Serial serial)
    {
        var isReachable = context.Peers.FindReachable(name) is not null;
        var peer = new Peer(name, context.Peers.ActorOf(name), serial, isReachable);
        if (!_told.TryGetValue(name, out var told) || told.Life != context.Life || !told.TryReplace(peer))
        {
            _told[name] = told = new ToActor.PeerMet(context.Life, peer);
            context.TellActor(told);
        }
    }

    private void TellQuorum()
    {
        Quorum? told = null;
        if (context.Quorum is { } quorum)
        {
            told = new Quorum([.. quorum.Members.Select(member => member.Name)], quorum.IsMember);
        }

        notices.Tell(new ToActor.QuorumIs(context.Life, told));
    }

    // A life may begin long after the election. For it, the leader's serial includes all pairs committed since.
    private void TellLeader()
    {
        Leader? told = null;
        if (context.Leader is { } leader)
        {
            var committed = context.Process.Pairs.CommittedSerial;
            var serial = committed > leader.Serial ? committed : leader.Serial;
            var name = leader.Leader.Name;
            var actor = leader.IsSelf ? context.Actor : context.Peers.ActorOf(name);
            told = new Leader(name, actor, leader.Term.Value, serial, leader.IsSelf, leader.IsReady);
        }

        notices.Tell(new ToActor.LeaderIs(context.Life, told));
    }
}
