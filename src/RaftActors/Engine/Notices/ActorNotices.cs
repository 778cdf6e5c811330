using Akka.Event;

using RaftActors.Core;
using RaftActors.Delivery;

namespace RaftActors.Engine;

/// <summary>
/// Tells the actor of met processes, the quorum, the leader, commits and snapshots. Invariant: a restarted actor is told the same in the
/// same order. All notices except those of met processes wait while a received snapshot is not durable yet.
/// </summary>
internal sealed class ActorNotices(EngineContext context) : IEnginePart
{
    // The processes that Core has met, with the last serials of their logs. Invariant: the peer book has each of them.
    private readonly SortedDictionary<ProcessName, Serial> _met = [];

    // The latest notice about each process, which the actor may not have taken yet.
    private readonly Dictionary<ProcessName, ToActor.PeerMet> _told = [];
    private readonly Queue<ToActor> _waiting = [];
    private Snapshot? _held;
    private bool _hasComparedMaxQuorum;

    // The latest notice, told or waiting, if it is of commits. Further commits raise its serial until the actor takes it.
    private ToActor.Committed? _committed;

    public void OnMet(Effect.PeerMet met)
    {
        _met[met.Peer.Name] = met.Serial;
        TellMet(met.Peer.Name, met.Serial);
    }

    public void OnQuorum(QuorumView? quorum)
    {
        context.Quorum = quorum;
        var text = quorum is null ? "the quorum is lost" : $"the quorum is {string.Join(", ", quorum.Members)}";
        context.Log.Info("{Process}: {Quorum}", context.Process.Name, text);
        TellQuorum();
    }

    public void OnLeader(LeaderView? leader)
    {
        CompareMaxQuorum(leader);
        TellLeader();
    }

    /// <summary>Tells a restarted actor all that is known.</summary>
    public void OnAttached(Serial last)
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

        Tell(new ToActor.ToldAll(context.Life));
        TellCommittedAfter(last);
    }

    /// <summary>The actor takes a new logic version at this place, also if no pair follows.</summary>
    public void OnConfiguration(Configuration? before, LogIndex index, Configuration configuration)
    {
        if (configuration.Version.Logic != before?.Version.Logic)
        {
            TellCommitted();
        }
    }

    public void OnCommitted(LogSlice entries, Serial before) => TellCommittedAfter(before);

    /// <summary>Holds the notices back until this snapshot is durable. The actor then restores it.</summary>
    public void OnInstalled(Snapshot snapshot)
    {
        _held = snapshot;
        TellRestore(snapshot.Position.Serial);
    }

    /// <summary>Tells that the actor or the reachability of another process has changed.</summary>
    public void OnPeer(ProcessName name)
    {
        if (_met.TryGetValue(name, out var serial))
        {
            TellMet(name, serial);
        }
    }

    /// <summary>Forgets a process that no configuration names and that is unreachable.</summary>
    public void Forget(ProcessName name)
    {
        if (_met.Remove(name))
        {
            _told.Remove(name);
            context.TellActor(new ToActor.PeerForgotten(context.Life, name));
        }
    }

    public void TellRestore(Serial serial) => Tell(new ToActor.Restore(context.Life, serial));

    /// <summary>Tells the waiting notices. Does nothing if another snapshot came in meanwhile.</summary>
    public void Release(Snapshot snapshot)
    {
        if (_held == snapshot)
        {
            _held = null;
            TellWaiting();
        }
    }

    /// <summary>Drops the waiting notices of an actor that has ended. Its successor is told everything anew.</summary>
    public void OnLifeEnded()
    {
        _waiting.Clear();
        _committed = null;
    }

    /// <summary>Cancels the Appends whose notices wait for a snapshot as unknown, because the notices are lost with the engine.</summary>
    public void OnStopped()
    {
        if (_held is { Position.Serial: var covered })
        {
            CancelOwnAfter(covered);
        }
    }

    // Compares once, and not before a leader is ready, because older configurations may be replayed until then.
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
            context.Log.Info("{0}: {1}", context.Process.Name, EngineExplanation.OfMaxQuorum(recorded, own));
        }
    }

    private void TellCommittedAfter(Serial last)
    {
        if (context.Process.Pairs.CommittedSerial > last)
        {
            TellCommitted();
        }
    }

    // Tells how far pairs are committed. Also tells if the next pair has another logic version.
    private void TellCommitted()
    {
        var committed = context.Process.Pairs.CommittedSerial;
        if (_committed is null || !_committed.TryRaise(committed))
        {
            var notice = new ToActor.Committed(context.Life, committed);
            Tell(notice);
            _committed = notice;
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

        Tell(new ToActor.QuorumIs(context.Life, told));
    }

    // An actor may start long after the election, so the leader's serial then includes all pairs committed since.
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

        Tell(new ToActor.LeaderIs(context.Life, told));
    }

    private void Tell(ToActor notice)
    {
        _committed = null;
        _waiting.Enqueue(notice);
        TellWaiting();
    }

    private void CancelOwnAfter(Serial serial)
    {
        var pairs = context.Process.Pairs;
        while (pairs.Read(serial.Next) is { } pair)
        {
            serial = pair.Serial;
            if (context.Process.WaitingRef(pair) is { } own)
            {
                context.CancelAppend(own, RaftFailure.Unknown(FailureReason.Stopped));
            }
        }
    }

    private void TellWaiting()
    {
        while (_held is null && _waiting.TryDequeue(out var notice))
        {
            context.TellActor(notice);
        }
    }
}
