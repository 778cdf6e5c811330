using Akka.Actor;

using RaftActors.Core;
using RaftActors.Wire;

namespace RaftActors.Engine;

/// <summary>
/// The transfers, joins and leaves that this process asked for and that have not ended. Like an Append, one is sent when a leader is known,
/// and again only when it is certain that it changed nothing. A sent change without an answer ends as unknown. A Join is done when a
/// committed configuration that is not joint has the name, from the change's index on; a Leave when it lacks the name.
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

    public void OnTaken(WireMessage.ChangeTaken taken)
    {
        if (_pending.TryGetValue(taken.Request.Number, out var pending))
        {
            pending.Place = (taken.Index, taken.Term);
            if (taken.Index <= context.Commit)
            {
                Judge(pending, taken.Index);
            }
        }
    }

    public void OnDone(RequestId request)
    {
        if (_pending.TryGetValue(request.Number, out var pending))
        {
            End(pending, new ChangeOutcome.Done(pending.Change.Request));
        }
    }

    public void OnDenied(WireMessage.ChangeDenied denied)
    {
        if (_pending.TryGetValue(denied.Request.Number, out var pending))
        {
            End(pending, new ChangeOutcome.Refused(pending.Change.Request, denied.Detail));
        }
    }

    public void OnRefused(WireMessage.ChangeRefused refused)
    {
        if (_pending.TryGetValue(refused.Request.Number, out var pending))
        {
            // Asked for again with the next tick, or when a new leader is known.
            pending.IsSent = false;
            pending.Obstacle = refused.Detail;
        }
    }

    /// <summary>Somebody leads: it may be whom a transfer was for, and the old leader has no need to say so.</summary>
    public void OnLeader(ProcessName leader)
    {
        foreach (var pending in _pending.Values.Where(pending => pending.IsTransferredTo(leader)).ToArray())
        {
            End(pending, new ChangeOutcome.Done(pending.Change.Request));
        }
    }

    /// <summary>An entry is committed; the context knows its configuration already.</summary>
    public void OnCommitted(LogEntry entry)
    {
        if (_pending.Count == 0)
        {
            return;
        }

        foreach (var (pending, place) in PlacedUpTo(entry.Index))
        {
            if (place.Index == entry.Index && place.Term != entry.Term)
            {
                SendAgain(pending);
            }
            else if (entry.Payload is Payload.Reconfigure)
            {
                Judge(pending, place.Index);
            }
        }
    }

    /// <summary>A snapshot came in; the context knows its configuration already.</summary>
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
            End(pending, ToOutcome(pending, "The time is up"));
        }

        SendWaiting();
    }

    /// <summary>What is waited for, one line for each.</summary>
    public IEnumerable<string> Explain() => _pending.Values.Select(pending => pending.IsSent
        ? $"{pending.Change.What} is with {pending.Leader}"
        : $"{pending.Change.What} waits: {pending.Obstacle}");

    /// <summary>The engine ends, and nobody will wait for an outcome.</summary>
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

    private (Pending Pending, (LogIndex Index, Term Term) Place)[] PlacedUpTo(LogIndex index) =>
        [.. _pending.Values
            .Where(pending => pending.Place is { } place && place.Index <= index)
            .Select(pending => (pending, pending.Place.GetValueOrDefault()))];

    // Judged by what the latest committed configuration holds, since the entry at the place may have been overwritten unseen: before its
    // place was known here, or inside a snapshot. A change is itself a configuration, so without one from its place on it was overwritten.
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

        // It may have reached a leader.
        public bool IsSent { get; set; }

        // Who led when it was sent.
        public ProcessName? Leader { get; set; }

        // What stood against it when it was refused last.
        public string Obstacle { get; set; } = "no leader could be reached";

        // Where the leader that took it put it.
        public (LogIndex Index, Term Term)? Place { get; set; }

        // Who wanted anybody else to lead has it when whoever led then does not.
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
            _ => false,
        };
    }
}
