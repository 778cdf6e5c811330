using System.Diagnostics;

using Akka.Actor;

using RaftActors.Core;
using RaftActors.Wire;

namespace RaftActors.Engine.Requests;

/// <summary>
/// The transfers and changes of members that processes of the group send to this one. If it leads, it gives them to Core and answers the
/// origin. Otherwise it refuses them.
/// </summary>
internal sealed class LeaderChanges(EngineContext context)
{
    /// <summary>The most calls that wait for one transfer. A process sends a refused one again later.</summary>
    public const int TransfersMax = 256;

    private readonly Dictionary<RequestId, (IActorRef Origin, bool IsBased)> _asked = [];
    private readonly List<(RequestId Request, IActorRef Origin, LogIndex Index, Term Term)> _taken = [];
    private readonly List<(RequestId Request, IActorRef Origin)> _transfers = [];
    private ProcessName? _target;

    public void Submit(WireMessage.ChangeRequest request, IActorRef origin)
    {
        if (context.Leads)
        {
            Begin(request.Request, request.Change, origin);
        }
        else
        {
            context.Send(origin, NotLeading(request.Request, $"{context.Process.Name} does not lead"));
        }
    }

    public void OnTransferEnded(Effect.TransferEnded ended)
    {
        // It is a transfer of StopPreparation.
        if (ended.Target != _target)
        {
            return;
        }

        foreach (var (request, origin) in _transfers)
        {
            context.Send(origin, ToReply(request, ended.Reason));
        }

        _transfers.Clear();
    }

    public void OnAccepted(Effect.MembersAccepted accepted)
    {
        var term = context.Core.Term;
        if (_asked.Remove(accepted.Request, out var asked))
        {
            _taken.Add((accepted.Request, asked.Origin, accepted.Index, term));
            context.Send(asked.Origin, new ChangeReply.Taken(accepted.Request, new LogPlace(accepted.Index, term)));
        }
    }

    public void OnRefused(Effect.MembersRefused refused)
    {
        if (_asked.Remove(refused.Request, out var asked))
        {
            context.Send(asked.Origin, ToReply(refused, asked.IsBased));
        }
    }

    /// <summary>
    /// A configuration is committed. If it is not joint, it ends the changes up to its index that were taken in its term. Changes of an
    /// earlier term may have been overwritten, so each origin learns their outcome from its own log.
    /// </summary>
    public void OnCommitted(LogEntry entry)
    {
        // A step may commit entries of the next leader before it reports that this process stepped down.
        _taken.RemoveAll(taken => taken.Term != entry.Term);
        if (_taken.Count == 0 || entry.Configuration is not { IsJoint: false } configuration)
        {
            return;
        }

        var members = GroupMember.AllOf(configuration);
        foreach (var taken in _taken.Where(taken => taken.Index <= entry.Index).ToArray())
        {
            _taken.Remove(taken);
            context.Send(taken.Origin, new ChangeReply.Changed(taken.Request, entry.Index, members));
        }
    }

    /// <summary>This process no longer leads. Each origin learns the outcome of its change from its own log.</summary>
    public void OnDeposed() => _taken.Clear();

    private void Begin(RequestId request, GroupChange change, IActorRef origin)
    {
        switch (change)
        {
            case GroupChange.Transfer transfer:
                BeginTransfer(request, transfer.Target, origin);
                break;
            case GroupChange.Members members:
                _asked[request] = (origin, members.BasedOn is not null);
                context.Step(new Input.ChangeMembers(request, members.BasedOn ?? context.ConfigurationIndex, members.What));
                break;
            default:
                throw new UnreachableException();
        }
    }

    private void BeginTransfer(RequestId request, ProcessName? target, IActorRef origin)
    {
        if (target == context.Process.Name)
        {
            context.Send(origin, new ChangeReply.Done(request));
        }
        else if (_transfers.Count == 0)
        {
            _target = target;
            _transfers.Add((request, origin));
            context.Step(new Input.Transfer(target));
        }
        else if (target == _target && _transfers.Count < TransfersMax)
        {
            _transfers.Add((request, origin));
        }
        else
        {
            var detail = "another transfer of the leadership is under way";
            context.Send(origin, new ChangeReply.NotMade(request, FailureReason.Busy, detail));
        }
    }

    private static ChangeReply.NotMade NotLeading(RequestId request, string detail) => new(request, FailureReason.NoLeader, detail);

    private static ChangeReply.NotMade Invalid(RequestId request, string detail) =>
        new(request, FailureReason.Invalid, detail, IsOver: true);

    private ChangeReply ToReply(RequestId request, FailureReason? failure) => failure switch
    {
        null => new ChangeReply.Done(request),
        FailureReason.NoLeader => NotLeading(request, $"{context.Process.Name} has stepped down"),
        FailureReason.Invalid => Invalid(
            request, _target is { } target ? $"{target} is not a voter that could lead." : "No other voter could lead."),
        _ => new ChangeReply.NotMade(
            request,
            FailureReason.Unavailable,
            $"No process took over within raft.transfer-timeout; {context.Process.Name} still leads.",
            IsOver: true),
    };

    // A caller that named its configuration must read the latest one before it asks again.
    private static ChangeReply.NotMade ToReply(Effect.MembersRefused refused, bool isBased) => new(
        refused.Request,
        refused.Reason == FailureReason.Outdated && !isBased ? FailureReason.Busy : refused.Reason,
        refused.Detail,
        IsOver: refused.Reason == FailureReason.Invalid || (refused.Reason == FailureReason.Outdated && isBased));
}
