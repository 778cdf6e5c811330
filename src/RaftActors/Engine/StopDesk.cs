using Akka.Actor;

using RaftActors.Core;
using RaftActors.Discovery;
using RaftActors.Wire;

namespace RaftActors.Engine;

/// <summary>
/// Prepares this process for the end of its node: it takes no new Appends, hands the leadership over to another node, and waits until its
/// open Appends have ended and all others have stopped sending it theirs. All of it takes at most twice <c>raft.transfer-timeout</c>. Then
/// the engine goes on in the follower role until the actor system ends.
/// </summary>
internal sealed class StopDesk(EngineContext context, Action<Input> step)
{
    private static readonly CancelReason.NotCommitted NodeStops =
        new("This node is stopping and takes no more pairs. Append it on another node.");

    // Those that have not answered that they send nothing more.
    private readonly HashSet<ProcessName> _senders = [];

    private IActorRef? _asker;
    private long _deadline;
    private bool _isStopping;
    private bool _leadsOn;

    // The voter that the latest transfer of this desk named; null if Core was to choose.
    private ProcessName? _target;

    private bool Leads => context.Leader is { IsSelf: true };

    // Otherwise they end with the engine: nobody else is left to commit them.
    private bool CanAppendsEnd => context.Peers.ServingElsewhere.Any() || context.Quorum is { Members.Length: 1, IsMember: true };

    /// <summary>The node is about to stop.</summary>
    /// <param name="asker">Told when the engine may stop.</param>
    public void Begin(IActorRef asker)
    {
        _isStopping = true;
        _asker = asker;
        _deadline = context.DeadlineAfter(2 * context.Process.Settings.TransferTimeout);
        foreach (var peer in context.Peers.ServingElsewhere)
        {
            _senders.Add(peer);
            if (context.Peers.Find(peer) is { } engine)
            {
                context.Send(engine, new WireMessage.Leaving(context.Process.Pid.Name, IsReply: false));
            }
        }

        HandOver();
        Report();
    }

    /// <summary>Another node is about to stop, or has taken note that this one is.</summary>
    public void OnLeaving(WireMessage.Leaving leaving, IActorRef sender)
    {
        if (leaving.IsReply)
        {
            _senders.Remove(leaving.Process);
            Report();
        }
        else
        {
            context.Peers.MarkLeaving(leaving.Process, sender);
            context.Send(sender, new WireMessage.Leaving(context.Process.Pid.Name, IsReply: true));
        }
    }

    /// <summary>Refuses an Append of the node that stops. False: it is to be taken.</summary>
    public bool Refuse(ToEngine.Append append)
    {
        if (!_isStopping)
        {
            return false;
        }

        context.TellActor(new ToActor.Cancelled(ToActor.AnyLife, append.Request, NodeStops));
        return true;
    }

    /// <summary>
    /// Refuses to pass another process's Append on: it would be lost if the node ended meanwhile. The other one sends it again. False: it
    /// is to be taken.
    /// </summary>
    public bool Refuse(WireMessage.AppendRequest request, IActorRef origin)
    {
        if (!_isStopping || Leads)
        {
            return false;
        }

        context.Send(origin, new WireMessage.AppendRefused(request.Request));
        return true;
    }

    /// <summary>Another process leads, or this one again.</summary>
    public void OnLeaderChanged()
    {
        if (_isStopping)
        {
            HandOver();
            Report();
        }
    }

    /// <summary>Ignores the end of a transfer of another asker, whose place the one of this desk may have taken.</summary>
    public void OnTransferEnded(Effect.TransferEnded ended)
    {
        if (_isStopping
            && Leads
            && ended.Target == _target
            && ended.Outcome is TransferOutcome.TimedOut or TransferOutcome.NoSuchVoter)
        {
            _leadsOn = true;
            Report();
        }
    }

    public void OnTick() => Report();

    private void HandOver()
    {
        if (!Leads || _leadsOn)
        {
            return;
        }

        var self = context.Process.Pid.Name;
        ProcessName[] others = [.. context.Quorum?.Members.Select(member => member.Name).Where(name => name != self) ?? []];
        ProcessName[] elsewhere = [.. others.Intersect(context.Peers.ServingElsewhere)];
        if (elsewhere.Length == 0)
        {
            _leadsOn = true;
            return;
        }

        // Core knows best which voter is suited, but not which of them are on nodes that stop.
        _target = elsewhere.Length == others.Length ? null : elsewhere[0];
        step(new Input.Transfer(_target));
    }

    private void Report()
    {
        var isDone = (!Leads || _leadsOn)
            && (context.Process.Appends.IsEmpty || !CanAppendsEnd)
            && !_senders.Overlaps(context.Peers.ServingElsewhere);
        if (_asker is { } asker && (isDone || _deadline <= context.Now))
        {
            _asker = null;
            asker.Tell(RaftRegistry.EnginePrepared.Instance, context.Self);
        }
    }
}
