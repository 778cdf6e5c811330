using Akka.Actor;

using RaftActors.Core;
using RaftActors.Wire;

namespace RaftActors.Engine;

/// <summary>
/// Prepares this process for the stop of its node. The process takes no new Appends and transfers the leadership to another node. It waits
/// until its open Appends have ended and the others send it no more requests. This takes at most twice <c>raft.transfer-timeout</c>. Then
/// the engine continues in the follower role until the actor system stops. This may be long: the shutdown may fail halfway, or be set not
/// to terminate the actor system.
/// </summary>
internal sealed class StopPreparation(EngineContext context)
{
    public static RaftFailure NodeStops { get; } =
        RaftFailure.NotDone(FailureReason.Stopped, "This node is stopping and takes no more pairs. Append it on another node.");

    // Processes that may still send requests.
    private readonly HashSet<ProcessName> _senders = [];

    private IActorRef? _asker;
    private long _deadline;
    private bool _leadsOn;

    // The time to hand over once more.
    private long _nextAttempt;

    // This process led when the stop began, or later. Invariant: it does not stop before it knows its successor, unless the time is up.
    private bool _hasLed;

    // The voters to which this process last handed over.
    private ProcessName[] _successors = [];

    // The target of the latest transfer that was asked for here; null: Core chooses.
    private ProcessName? _target;

    /// <summary>The node waits until this process may stop, or the process leads on and hands over later.</summary>
    public bool NeedsTicks => _asker is not null || LeadsOn;

    private bool LeadsOn => _leadsOn && context.Leads;

    // The votes for a successor may still be on their way when this process has stepped down.
    private bool IsHandedOver => !context.Leads && (!_hasLed || context.Leader is not null);

    // The successors are gone or stop too: none of them will lead, however long this process waits.
    private bool IsLast => _hasLed && !_successors.Intersect(context.Peers.ServingElsewhere).Any();

    // False: no other process is left to commit them, so they end with the engine.
    private bool CanAppendsEnd => context.Peers.ServingElsewhere.Any() || context.Quorum is { Members.Length: 1, IsMember: true };

    /// <summary>The node is about to stop.</summary>
    /// <param name="asker">Gets <see cref="EngineNews.Prepared"/> when the engine may stop.</param>
    public void Begin(IActorRef asker)
    {
        context.IsStopping = true;
        _asker = asker;
        _deadline = context.DeadlineAfter(2 * context.Process.Settings.Timing.TransferTimeout);
        foreach (var peer in context.Peers.ServingElsewhere)
        {
            _senders.Add(peer);
            if (context.Peers.Find(peer) is { } engine)
            {
                context.Send(engine, new WireMessage.Leaving(context.Process.Name, IsReply: false));
            }
        }

        HandOver();
        Report();
    }

    /// <summary>Another node is about to stop, or knows that this one is.</summary>
    public void Receive(WireMessage.Leaving leaving, IActorRef sender)
    {
        if (leaving.IsReply)
        {
            _senders.Remove(leaving.Process);
            Report();
        }
        else
        {
            context.Peers.MarkLeaving(leaving.Process, sender);
            context.Send(sender, new WireMessage.Leaving(context.Process.Name, IsReply: true));
        }
    }

    /// <summary>The leader changed; it may be this process again.</summary>
    public void OnLeaderChanged()
    {
        if (context.IsStopping)
        {
            HandOver();
            Report();
        }
    }

    /// <summary>A transfer ended. Transfers that were not asked for here are ignored.</summary>
    public void OnTransferEnded(Effect.TransferEnded ended)
    {
        if (context.IsStopping
            && context.Leads
            && ended.Target == _target
            && ended.Reason is FailureReason.Unavailable or FailureReason.Invalid)
        {
            LeadOn();
            Report();
        }
    }

    public void OnTick()
    {
        // The others send no requests to a leader that is leaving. Without this, their Appends would wait as long as the node runs on.
        if (_asker is null && LeadsOn && _nextAttempt <= context.Now)
        {
            _leadsOn = false;
            HandOver();
        }

        Report();
    }

    private void LeadOn()
    {
        _leadsOn = true;
        _nextAttempt = context.DeadlineAfter(context.Process.Settings.Timing.TransferTimeout);
    }

    private void HandOver()
    {
        if (!context.Leads || _leadsOn)
        {
            return;
        }

        _hasLed = true;
        var self = context.Process.Name;
        ProcessName[] others = [.. context.Quorum?.Members.Select(member => member.Name).Where(name => name != self) ?? []];
        ProcessName[] elsewhere = [.. others.Intersect(context.Peers.ServingElsewhere)];
        if (elsewhere.Length == 0)
        {
            LeadOn();
            return;
        }

        // Core chooses the best voter, but does not know which voters are on stopping nodes.
        _successors = elsewhere;
        _target = elsewhere.Length == others.Length ? null : elsewhere[0];
        context.Step(new Input.Transfer(_target));
    }

    private void Report()
    {
        var isDone = (IsHandedOver || _leadsOn || IsLast)
            && (context.Process.Appends.Count == 0 || !CanAppendsEnd)
            && !_senders.Overlaps(context.Peers.ServingElsewhere);
        if (_asker is { } asker && (isDone || _deadline <= context.Now))
        {
            _asker = null;
            asker.Tell(new EngineNews.Prepared(), context.Self);
        }
    }
}
