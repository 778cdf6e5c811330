using Akka.Actor;

using RaftActors.Core;
using RaftActors.Wire;

namespace RaftActors.Engine;

/// <summary>
/// The transfers and changes of members that this process asked for and that have not ended. The desk sends a change when a leader is
/// known. It sends it again only if it certainly changed nothing. A sent change without an answer ends as unknown. A Join is done when a
/// committed configuration, from the change's index on, is not joint and has the name. A Leave is done when it lacks the name, and a
/// SetMaxQuorum when it has the maximum.
/// </summary>
internal sealed class ChangeDesk(EngineContext context)
{
    private readonly SortedDictionary<long, Pending> _pending = [];

    public void Submit(ToEngine.Change change)
    {
        _pending.Add(change.Request.Number, new Pending(change, context.DeadlineAfter(change.Timeout)));
        SendWaiting();
    }

    /// <summary>A leader is known, or time went by.</summary>
    public void SendWaiting()
    {
        if (_pending.Count == 0 || context.Leader is not { } leader || LeaderWay.Find(context) is not { } way)
        {
            return;
        }

        foreach (var pending in _pending.Values.Where(pending => !pending.IsSent))
        {
            pending.IsSent = true;
            pending.Leader = leader.Leader.Name;
            var request = context.Process.ToId(pending.Change.Request);
            way.Engine.Tell(new WireMessage.ChangeRequest(request, pending.Change.What, way.Hops), context.Self);
        }
    }

    public void Receive(ChangeReply reply)
    {
        if (!_pending.TryGetValue(reply.Request.Number, out var pending))
        {
            return;
        }

        switch (reply)
        {
            case ChangeReply.Taken taken:
                pending.Place = taken.Place;
                if (taken.Place.Index <= context.Commit)
                {
                    Judge(pending, taken.Place.Index);
                }

                break;
            case ChangeReply.Done:
                End(pending, new ChangeOutcome.Done(pending.Change.Request));
                break;
            case ChangeReply.Denied denied:
                End(pending, new ChangeOutcome.Refused(pending.Change.Request, denied.Detail));
                break;
            case ChangeReply.Refused refused:
                // Sent again with the next tick, or when a new leader is known.
                pending.IsSent = false;
                pending.Obstacle = refused.Detail;
                break;
        }
    }

    /// <summary>A process leads. It may be the target of a transfer, even if the old leader did not answer.</summary>
    public void OnLeader(ProcessName leader)
    {
        foreach (var pending in _pending.Values.Where(pending => pending.IsTransferredTo(leader)).ToArray())
        {
            End(pending, new ChangeOutcome.Done(pending.Change.Request));
        }
    }

    /// <summary>An entry is committed. The context already has its configuration.</summary>
    public void OnCommitted(LogEntry entry)
    {
        if (_pending.Count == 0)
        {
            return;
        }

        foreach (var (pending, place) in PlacedUpTo(entry.Index))
        {
            if (place.IsOverwrittenBy(entry))
            {
                SendAgain(pending);
            }
            else if (entry.Payload is Payload.Reconfigure)
            {
                Judge(pending, place.Index);
            }
        }
    }

    /// <summary>A snapshot was installed. The context already has its configuration.</summary>
    public void OnInstalled()
    {
        foreach (var (pending, place) in PlacedUpTo(context.Commit))
        {
            Judge(pending, place.Index);
        }
    }

    public void OnTick()
    {
        foreach (var pending in _pending.Values.Where(pending => pending.Deadline <= context.Now).ToArray())
        {
            End(pending, ToOutcome(pending, "The timeout has passed"));
        }

        SendWaiting();
    }

    /// <summary>One line for each change that has not ended.</summary>
    public IEnumerable<string> Explain() => _pending.Values.Select(pending => pending.IsSent
        ? $"{pending.Change.What} is with {pending.Leader}"
        : $"{pending.Change.What} waits: {pending.Obstacle}");

    /// <summary>The engine stops.</summary>
    public void OnStopped()
    {
        foreach (var pending in _pending.Values.ToArray())
        {
            End(pending, ToOutcome(pending, "The engine has stopped"));
        }
    }

    private static ChangeOutcome ToOutcome(Pending pending, string why) => pending.IsSent
        ? new ChangeOutcome.Unknown(pending.Change.Request)
        : new ChangeOutcome.Refused(pending.Change.Request, $"{why}: {pending.Obstacle}.");

    private (Pending Pending, LogPlace Place)[] PlacedUpTo(LogIndex index) =>
        [.. _pending.Values
            .Where(pending => pending.Place is { } place && place.Index <= index)
            .Select(pending => (pending, pending.Place.GetValueOrDefault()))];

    // The latest committed configuration decides. This process may not have seen the entry at the place: it may have been committed before
    // the place was known here, or inside a snapshot. A change is a configuration entry, so without one from its place on it was
    // overwritten.
    private void Judge(Pending pending, LogIndex place)
    {
        if (context.ConfigurationIndex < place)
        {
            SendAgain(pending);
        }
        else if (context.Configuration is { IsJoint: false } latest)
        {
            End(pending, pending.IsFulfilledBy(latest)
                ? new ChangeOutcome.Done(pending.Change.Request)
                : new ChangeOutcome.Unknown(pending.Change.Request));
        }
    }

    private static void SendAgain(Pending pending)
    {
        pending.Place = null;
        pending.IsSent = false;
        pending.Obstacle = "the leader that took it lost its term before it was committed";
    }

    private void End(Pending pending, ChangeOutcome outcome)
    {
        _pending.Remove(pending.Change.Request.Number);
        pending.Change.ReplyTo?.Tell(outcome, context.Self);
    }

    private sealed class Pending(ToEngine.Change change, long deadline)
    {
        public ToEngine.Change Change { get; } = change;

        public long Deadline { get; } = deadline;

        // The change may have reached a leader.
        public bool IsSent { get; set; }

        // The leader when the change was sent.
        public ProcessName? Leader { get; set; }

        // The reason of the latest refusal.
        public string Obstacle { get; set; } = "no leader could be reached";

        // Set by the answer of the leader that took the change.
        public LogPlace? Place { get; set; }

        // A transfer without a target is done when any other process leads.
        public bool IsTransferredTo(ProcessName leader) => Change.What switch
        {
            GroupChange.Transfer { Target: { } target } => target == leader,
            GroupChange.Transfer => Leader is { } old && old != leader,
            _ => false,
        };

        public bool IsFulfilledBy(Configuration configuration) => Change.What switch
        {
            GroupChange.Join join => configuration.HasName(join.Name),
            GroupChange.Leave leave => !configuration.HasName(leave.Name),
            GroupChange.SetMaxQuorum set => configuration.MaxQuorum == set.Max,
            _ => false,
        };
    }
}
