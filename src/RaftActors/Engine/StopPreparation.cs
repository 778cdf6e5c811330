using Akka.Actor;

using RaftActors.Core;
using RaftActors.Wire;

namespace RaftActors.Engine;

/// <summary>
/// Prepares this process for the stop of its node. The process takes no new Appends, transfers the leadership, and waits until its open
/// Appends have ended and the others send it no more requests, at most for twice <c>raft.transfer-timeout</c>. The engine then runs on as a
/// follower until the actor system stops. That may be much later, because a shutdown can fail, or leave the actor system running.
/// </summary>
internal sealed class StopPreparation(EngineContext context) : IEnginePart
{
    public static RaftFailure NodeStops { get; } =
        RaftFailure.NotDone(FailureReason.Stopped, "This node is stopping and takes no more pairs. Append it on another node.");

    // Processes that may still send requests.
    private readonly HashSet<ProcessName> _senders = [];

    private IActorRef? _asker;
    private long _deadline;
    private bool _leadsOn;

    // The time of the next attempt to transfer the leadership.
    private long _nextAttempt;

    // True if this process has led since the stop began. Invariant: it does not stop before it knows its successor, or the time is up.
    private bool _hasLed;

    // The voters that could take over in the latest transfer.
    private ProcessName[] _successors = [];

    // The target of the latest transfer of this class, or null if Core chose it.
    private ProcessName? _target;

    /// <summary>True while the node waits for this process, or the process leads and must transfer the leadership later.</summary>
    public bool NeedsTicks => _asker is not null || LeadsOn;

    private bool LeadsOn => _leadsOn && context.Leads;

    // After stepping down, this process waits until it knows a leader, because votes for a successor may still be under way.
    private bool IsHandedOver => !context.Leads && (!_hasLed || context.Leader is not null);

    // True if all successors are gone or stop too, so that waiting for one of them to lead would be in vain.
    private bool IsLast => _hasLed && !_successors.Intersect(context.Peers.ServingElsewhere).Any();

    // False if no other process is left to commit them, so that they end with the engine.
    private bool CanAppendsEnd => context.Peers.ServingElsewhere.Any() || context.Quorum is { Members.Length: 1, IsMember: true };

    /// <param name="asker">Receives <see cref="EngineNews.Prepared"/> when the engine may stop.</param>
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

    /// <summary>Another node will stop, or has acknowledged that this one will.</summary>
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

    /// <summary>The leader changed, perhaps to this process again.</summary>
    public void OnLeader(LeaderView? leader)
    {
        if (context.IsStopping)
        {
            HandOver();
            Report();
        }
    }

    /// <summary>A transfer ended. Ignores the transfers of other callers.</summary>
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
        // Other processes send no requests to a leaving leader. Without another transfer, their Appends would wait while the node runs on.
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

        // Core chooses the best voter. But it does not know which nodes are stopping, so then this class chooses.
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
