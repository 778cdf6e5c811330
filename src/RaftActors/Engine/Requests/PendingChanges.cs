using Akka.Actor;

using RaftActors.Core;
using RaftActors.Wire;

namespace RaftActors.Engine.Requests;

/// <summary>
/// The open transfers and changes of members that clients asked of this process. It has sent them to the leader, or will once it knows one.
/// A change is sent again only if it certainly changed nothing, so a sent change without an answer ends as unknown. A change of members is
/// done when a committed configuration, from the index of the change on, is not joint and has the members, maximum or version that were
/// wanted.
/// </summary>
internal sealed class PendingChanges(EngineContext context, LeaderChanges changes) : IEntryPart, IRequestOrigin
{
    /// <summary>
    /// The most open changes and transfers. The group makes one after the other, so operators never need more.
    /// </summary>
    public const int OfClientsMax = 256;

    private readonly OpenRequests<Pending> _open = new();

    public void Submit(ClientCall.Change call, ICanTell client)
    {
        var request = context.Process.NewRequest();
        if (_open.Count >= OfClientsMax)
        {
            var busy = RaftFailure.NotDone(FailureReason.Busy, $"{context.Process.Name} has {OfClientsMax} open changes. Ask again later.");
            client.Tell(busy.ToOutcome<Membership>(request), context.Self);
        }
        else
        {
            _open.Add(request.Number, new Pending(request, call.What, client), context.DeadlineAfter(call.Timeout));
            SendWaiting();
        }
    }

    public bool NeedsTicks => _open.Count > 0;

    public void OnServerInSight() => SendWaiting();

    private void SendWaiting()
    {
        if (_open.Count == 0 || context.Leader is not { } leader || context.FindLeader() is not { } route)
        {
            return;
        }

        foreach (var pending in _open.InOrder.Where(pending => !pending.IsSent))
        {
            pending.IsSent = true;
            pending.Leader = leader.Leader.Name;
            WireMessage.ChangeRequest message = new(pending.Request.Id, pending.What);
            if (route.Engine == context.Self)
            {
                changes.Submit(message, this);
            }
            else
            {
                context.Send(route.Engine, message);
            }
        }
    }

    public void Receive(RequestReply reply)
    {
        if (_open.Find(reply.Request.Number) is not { } pending)
        {
            return;
        }

        switch (reply)
        {
            case ChangeReply.Taken taken:
                pending.Place = taken.Place;
                if (taken.Place.Index <= context.Commit)
                {
                    Conclude(pending, taken.Place.Index);
                }

                break;
            case ChangeReply.Done:
                EndDone(pending);
                break;
            case ChangeReply.NotMade { IsOver: true } denied:
                End(pending, RaftFailure.NotDone(denied.Reason, denied.Detail));
                break;
            case ChangeReply.NotMade refused:
                SendLater(pending, refused.Reason, refused.Detail);
                break;
        }
    }

    /// <summary>A process leads, which may be the target of a transfer although the old leader did not answer.</summary>
    public void OnLeader(LeaderView? leader)
    {
        foreach (var pending in _open.InOrder.Where(pending => pending.IsTransferredTo(leader?.Leader.Name)))
        {
            EndDone(pending);
        }
    }

    /// <summary>An entry is committed, whose configuration the context already has.</summary>
    public void OnCommitted(LogEntry entry)
    {
        if (_open.Count == 0)
        {
            return;
        }

        foreach (var pending in _open.InOrder)
        {
            if (pending.Place?.IsOverwrittenBy(entry.Index, entry.Term) == true)
            {
                SendAgain(pending);
            }
        }

        if (entry.Configuration is not null)
        {
            ConcludeUpTo(entry.Index);
        }
    }

    /// <summary>A snapshot was installed, whose configuration the context already has.</summary>
    public void OnInstalled(Snapshot snapshot) => ConcludeUpTo(context.Commit);

    public void OnTick()
    {
        while (_open.TryTakeDue(context.Now, out var pending))
        {
            End(pending, ToFailure(pending, FailureReason.TimedOut, pending.Reason, "The timeout has passed"));
        }

        SendWaiting();
    }

    public IEnumerable<string> Explain() => _open.InOrder.Select(pending => pending.IsSent
        ? $"{pending.What} is with {pending.Leader}"
        : $"{pending.What} waits: {pending.Obstacle}");

    public void OnStopped()
    {
        foreach (var pending in _open.InOrder)
        {
            End(pending, ToFailure(pending, FailureReason.Stopped, FailureReason.Stopped, "The engine has stopped"));
        }
    }

    private static RaftFailure ToFailure(Pending pending, FailureReason ifSent, FailureReason ifNot, string why) =>
        pending.IsSent ? RaftFailure.Unknown(ifSent) : RaftFailure.NotDone(ifNot, $"{why}: {pending.Obstacle}.");

    // The latest committed configuration decides, because this process may not have seen the entry at the place. It may have been committed
    // before the place was known here, or in a snapshot. A change is a configuration entry, so without one from its place on, it was
    // overwritten.
    private void ConcludeUpTo(LogIndex index)
    {
        foreach (var pending in _open.InOrder)
        {
            if (pending.Place is { } place && place.Index <= index)
            {
                Conclude(pending, place.Index);
            }
        }
    }

    private void Conclude(Pending pending, LogIndex place)
    {
        if (context.ConfigurationIndex < place)
        {
            SendAgain(pending);
        }
        else if (context.Configuration is { IsJoint: false } latest)
        {
            if (pending.IsFulfilledBy(latest))
            {
                EndDone(pending);
            }
            else
            {
                End(pending, RaftFailure.Unknown(FailureReason.Superseded));
            }
        }
    }

    private static void SendAgain(Pending pending)
    {
        pending.Place = null;
        SendLater(pending, FailureReason.NoLeader, "the leader that took it lost its term before it was committed");
    }

    // The change is sent again in the next tick, or when a new leader is known.
    private static void SendLater(Pending pending, FailureReason reason, string obstacle)
    {
        pending.IsSent = false;
        pending.Reason = reason;
        pending.Obstacle = obstacle;
    }

    private void EndDone(Pending pending)
    {
        var members = context.Configuration is { } latest ? GroupMember.AllOf(latest) : context.Process.Status.Members;
        Membership made = new(members, context.ConfigurationIndex, pending.NewLeader(context.Leader?.Leader.Name));
        End(pending, new Outcome<Membership>
        {
            Serial = context.Process.Pairs.CommittedSerial,
            Result = made,
            Request = pending.Request,
        });
    }

    private void End(Pending pending, RaftFailure failure) => End(pending, failure.ToOutcome<Membership>(pending.Request));

    private void End(Pending pending, Outcome<Membership> outcome)
    {
        _open.Remove(pending.Request.Number);
        pending.Client.Tell(outcome, context.Self);
    }

    private sealed class Pending(RequestRef request, GroupChange what, ICanTell client)
    {
        public RequestRef Request => request;

        public GroupChange What => what;

        public ICanTell Client => client;

        // True if the change may have reached a leader.
        public bool IsSent { get; set; }

        // The leader when the change was sent.
        public ProcessName? Leader { get; set; }

        // The reason of the latest refusal, and its text.
        public FailureReason Reason { get; set; } = FailureReason.NoLeader;

        public string Obstacle { get; set; } = "no leader could be reached";

        // Set by the answer of the leader that took the change.
        public LogPlace? Place { get; set; }

        // A transfer without a target is done when any other process leads.
        public bool IsTransferredTo(ProcessName? leader) => what switch
        {
            GroupChange.Transfer { Target: { } target } => target == leader,
            GroupChange.Transfer => leader is not null && Leader is { } old && old != leader,
            _ => false,
        };

        // After a transfer this process may still know the old leader.
        public ProcessName? NewLeader(ProcessName? known) => what switch
        {
            GroupChange.Transfer { Target: { } target } => target,
            GroupChange.Transfer when known == Leader => null,
            _ => known,
        };

        public bool IsFulfilledBy(Configuration configuration) => (what as GroupChange.Members)?.What switch
        {
            MemberChange.Join join => configuration.HasName(join.Name),
            MemberChange.Leave { Incarnation: { } one } leave => !configuration.Holds(new Member(leave.Name, one)),
            MemberChange.Leave leave => !configuration.HasName(leave.Name),
            MemberChange.SetMaxQuorum set => configuration.MaxQuorum == set.Max,
            MemberChange.Raise raise => configuration.Version.Has(new GroupVersion(raise.Format ?? 0, raise.Logic ?? 0)),
            _ => false,
        };
    }
}
