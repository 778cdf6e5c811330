using Akka.Actor;

using RaftActors.Core;
using RaftActors.Wire;

namespace RaftActors.Engine.Requests;

/// <summary>
/// The open transfers and changes of members that clients asked of this process. While it leads, it gives them to Core. Otherwise it passes
/// them on to the leader, or declines them, and while none is known they wait. A change of members is done when a committed configuration,
/// from the index of the change on, is not joint and has the members, maximum or version that were wanted. A process that was deposed
/// learns this from its own log. A change ends as unknown if this process cannot tell whether it was made.
/// </summary>
internal sealed class GroupChanges(EngineContext context) : IEntryPart
{
    /// <summary>
    /// The most open changes and transfers. The group makes one after the other, so operators never need more.
    /// </summary>
    public const int OfClientsMax = 256;

    private readonly OpenRequests<Pending> _open = new();

    // The transfer that Core makes. It may have ended for its client.
    private Pending? _transfer;

    public bool NeedsTicks => _open.Count > 0;

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
            Pending pending = new(request, call, client, context.DeadlineAfter(call.Timeout));
            _open.Add(request.Number, pending, pending.Deadline);
            GoOn();
        }
    }

    public void OnAccepted(Effect.MembersAccepted accepted)
    {
        if (Find(accepted.Request) is { } pending)
        {
            pending.Place = new LogPlace(accepted.Index, context.Core.Term);
            if (accepted.Index <= context.Commit)
            {
                Conclude(pending, accepted.Index);
            }
        }
    }

    public void OnRefused(Effect.MembersRefused refused)
    {
        if (Find(refused.Request) is { What: GroupChange.Members { BasedOn: var basedOn } } pending)
        {
            // A caller that named its configuration must read the latest one before it asks again.
            var isOutdated = refused.Reason == FailureReason.Outdated;
            if (refused.Reason == FailureReason.Invalid || (isOutdated && basedOn is not null))
            {
                End(pending, RaftFailure.NotDone(refused.Reason, refused.Detail));
            }
            else
            {
                pending.Wait(isOutdated ? FailureReason.Busy : refused.Reason, refused.Detail);
            }
        }
    }

    public void OnTransferEnded(Effect.TransferEnded ended)
    {
        // With another target, it is a transfer of StopPreparation.
        if (_transfer is not { What: GroupChange.Transfer { Target: var target } } transfer || ended.Target != target)
        {
            return;
        }

        _transfer = null;
        if (Find(transfer.Request.Id) is not null)
        {
            switch (ended.Reason)
            {
                case null:
                    EndDone(transfer);
                    break;
                case FailureReason.NoLeader:
                    transfer.Wait(FailureReason.NoLeader, $"{context.Process.Name} has stepped down");
                    break;
                case FailureReason.Invalid:
                    End(transfer, RaftFailure.NotDone(
                        FailureReason.Invalid,
                        target is { } named
                            ? $"{named} is not a voter that could lead. Name a voter."
                            : "No other voter could lead. Start one."));
                    break;
                default:
                    End(transfer, RaftFailure.NotDone(
                        FailureReason.Unavailable,
                        $"No process took over within raft.transfer-timeout; {context.Process.Name} still leads. Ask again later."));
                    break;
            }
        }
    }

    /// <summary>A process leads, which may be the target of a transfer before Core knows that it has ended.</summary>
    public void OnLeader(LeaderView? leader)
    {
        foreach (var pending in _open.InOrder.Where(pending => pending.IsTransferredTo(leader?.Leader.Name, context.Process.Name)))
        {
            EndDone(pending);
        }
    }

    public void OnServerInSight() => GoOn();

    public void OnCommitted(LogEntry entry)
    {
        if (_open.Count > 0)
        {
            ConcludeBy(entry);
        }
    }

    // A method of its own: what its lambda captures is an object, which each committed entry would cost.
    private void ConcludeBy(LogEntry entry)
    {
        foreach (var pending in _open.InOrder.Where(pending => pending.Place?.IsOverwrittenBy(entry.Index, entry.Term) == true))
        {
            WaitAfterLoss(pending);
        }

        if (entry.Configuration is not null)
        {
            ConcludeUpTo(entry.Index);
        }
    }

    public void OnInstalled(Snapshot snapshot) => ConcludeUpTo(context.Commit);

    public void OnTick()
    {
        while (_open.TryTakeDue(context.Now, out var pending))
        {
            End(pending, ToFailure(pending, FailureReason.TimedOut, pending.Reason, "The timeout has passed"));
        }

        GoOn();
    }

    public IEnumerable<string> Explain() => _open.InOrder.Select(pending => pending.IsTaken
        ? $"{pending.What} is under way"
        : $"{pending.What} waits: {pending.Obstacle}");

    public void OnStopped()
    {
        foreach (var pending in _open.InOrder)
        {
            End(pending, ToFailure(pending, FailureReason.Stopped, FailureReason.Stopped, "The engine has stopped"));
        }
    }

    private static RaftFailure ToFailure(Pending pending, FailureReason ifTaken, FailureReason ifNot, string why) =>
        pending.IsTaken ? RaftFailure.Unknown(ifTaken) : RaftFailure.NotDone(ifNot, $"{why}: {pending.Obstacle}.");

    private static void WaitAfterLoss(Pending pending) =>
        pending.Wait(FailureReason.NoLeader, "the leader that took it lost its term before it was committed");

    private Pending? Find(RequestId request) => request.Origin == context.Process.Member ? _open.Find(request.Number) : null;

    private void GoOn()
    {
        if (_open.Count == 0)
        {
            return;
        }

        // A process without a place in the group may never learn of a leader. Another one does.
        var isOutside = context.Process.Status.Outside is ProblemKind.Waiting or ProblemKind.Removed;
        if (context.Leader is null && !isOutside)
        {
            return;
        }

        foreach (var pending in _open.InOrder.Where(pending => !pending.IsTaken))
        {
            if (context.Leader is not { } leader)
            {
                _open.Remove(pending.Request.Number);
                context.Decline(pending.Client, $"{context.Process.Name} is no member of the group");
            }
            else if (leader.IsSelf)
            {
                Take(pending);
            }
            else
            {
                PassOn(pending, leader.Leader.Name);
            }
        }
    }

    private void Take(Pending pending)
    {
        switch (pending.What)
        {
            case GroupChange.Transfer { Target: var target } when target == context.Process.Name:
                EndDone(pending);
                break;
            case GroupChange.Transfer when _transfer is not null:
                pending.Wait(FailureReason.Busy, "another transfer of the leadership is under way");
                break;
            case GroupChange.Transfer { Target: var target }:
                (_transfer, pending.IsTaken) = (pending, true);
                context.Step(new Input.Transfer(target));
                break;
            case GroupChange.Members members:
                pending.IsTaken = true;
                var basedOn = members.BasedOn ?? context.ConfigurationIndex;
                context.Step(new Input.ChangeMembers(pending.Request.Id, basedOn, members.What));
                break;
        }
    }

    // The client asks another process after a decline, because this change has certainly not been made.
    private void PassOn(Pending pending, ProcessName leader)
    {
        _open.Remove(pending.Request.Number);
        var left = (pending.Deadline - context.Now) * context.Process.Settings.Timing.TickInterval;
        if (!context.TryPassOn(pending.Call.Within(left), pending.Client))
        {
            context.Decline(pending.Client, $"{context.Process.Name} does not lead. Ask {leader}");
        }
    }

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
            WaitAfterLoss(pending);
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

    private void EndDone(Pending pending)
    {
        var members = context.Configuration is { } latest ? GroupMember.AllOf(latest) : context.Process.Status.Members;
        var leader = context.Leader?.Leader.Name;
        var made = new Membership(members, context.ConfigurationIndex, pending.What switch
        {
            // After a transfer this process may still know itself as the leader.
            GroupChange.Transfer { Target: { } target } => target,
            GroupChange.Transfer when context.Leads => null,
            _ => leader,
        });
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

    private sealed class Pending(RequestRef request, ClientCall.Change call, ICanTell client, long deadline)
    {
        public RequestRef Request => request;

        public ClientCall.Change Call => call;

        public GroupChange What => call.What;

        public ICanTell Client => client;

        public long Deadline => deadline;

        // True while Core or the log may have the change.
        public bool IsTaken { get; set; }

        // The place of the change in the log.
        public LogPlace? Place { get; set; }

        // Why the change waits, and its text.
        public FailureReason Reason { get; private set; } = FailureReason.NoLeader;

        public string Obstacle { get; private set; } = "no leader could be reached";

        // The change was certainly not made. It goes on with the next tick, or when a new leader is known.
        public void Wait(FailureReason reason, string obstacle) =>
            (Place, IsTaken, Reason, Obstacle) = (null, false, reason, obstacle);

        // A transfer without a target is done when any other process leads.
        public bool IsTransferredTo(ProcessName? leader, ProcessName self) => What switch
        {
            GroupChange.Transfer { Target: { } target } => target == leader,
            GroupChange.Transfer => IsTaken && leader is { } other && other != self,
            _ => false,
        };

        public bool IsFulfilledBy(Configuration configuration) => (What as GroupChange.Members)?.What switch
        {
            MemberChange.Join join =>
                configuration.HasName(join.Name) && configuration.NonVoters.Contains(join.Name) == !join.Votes,
            MemberChange.Leave { Incarnation: { } one } leave => !configuration.Holds(new Member(leave.Name, one)),
            MemberChange.Leave leave => !configuration.HasName(leave.Name),
            MemberChange.SetMaxQuorum set => configuration.MaxQuorum == set.Max,
            MemberChange.Raise raise => configuration.Version.Has(new GroupVersion(raise.Format ?? 0, raise.Logic ?? 0)),
            _ => false,
        };
    }
}

/// <summary>
/// The place of an entry in the log of the leader that took it. Another leader may overwrite the entry until it is committed.
/// </summary>
internal readonly record struct LogPlace(LogIndex Index, Term Term)
{
    /// <summary>
    /// Returns true if the committed entry has this index and another term, or a lower index and a later term. Terms do not fall along a
    /// log, so no log with the committed entry has this one (§5.3).
    /// </summary>
    public bool IsOverwrittenBy(LogIndex committed, Term term) => Index == committed ? Term != term : Index > committed && Term < term;
}
