using System.Diagnostics;

using RaftActors.Core;
using RaftActors.Wire;

namespace RaftActors.Engine.Requests;

/// <summary>
/// The transfers and changes of members that processes of the group send to this one. If it leads, it gives them to Core and answers the
/// origin. Otherwise it refuses them. The answer to a change of members is its place: the origin learns the outcome from its own log, also
/// after this process leads no more. An origin that never gets the answer ends its change as unknown at the timeout.
/// </summary>
internal sealed class LeaderChanges(EngineContext context)
{
    private readonly Dictionary<RequestId, (IRequestOrigin Origin, bool IsBased)> _asked = [];
    private (RequestId Request, IRequestOrigin Origin, ProcessName? Target)? _transfer;

    public void Submit(WireMessage.ChangeRequest request, IRequestOrigin origin)
    {
        if (context.Leads)
        {
            Begin(request.Request, request.Change, origin);
        }
        else
        {
            origin.Receive(NotLeading(request.Request, $"{context.Process.Name} does not lead"));
        }
    }

    public void OnTransferEnded(Effect.TransferEnded ended)
    {
        // With another target, it is a transfer of StopPreparation.
        if (_transfer is var (request, origin, target) && ended.Target == target)
        {
            _transfer = null;
            origin.Receive(ToReply(request, target, ended.Reason));
        }
    }

    public void OnAccepted(Effect.MembersAccepted accepted)
    {
        if (_asked.Remove(accepted.Request, out var asked))
        {
            asked.Origin.Receive(new ChangeReply.Taken(accepted.Request, new LogPlace(accepted.Index, context.Core.Term)));
        }
    }

    public void OnRefused(Effect.MembersRefused refused)
    {
        if (_asked.Remove(refused.Request, out var asked))
        {
            asked.Origin.Receive(ToReply(refused, asked.IsBased));
        }
    }

    private void Begin(RequestId request, GroupChange change, IRequestOrigin origin)
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

    private void BeginTransfer(RequestId request, ProcessName? target, IRequestOrigin origin)
    {
        if (target == context.Process.Name)
        {
            origin.Receive(new ChangeReply.Done(request));
        }
        else if (_transfer is null)
        {
            _transfer = (request, origin, target);
            context.Step(new Input.Transfer(target));
        }
        else
        {
            // The origin asks again. If the target leads by then, it knows that the transfer is done.
            var detail = "another transfer of the leadership is under way";
            origin.Receive(new ChangeReply.NotMade(request, FailureReason.Busy, detail));
        }
    }

    private static ChangeReply.NotMade NotLeading(RequestId request, string detail) => new(request, FailureReason.NoLeader, detail);

    private ChangeReply ToReply(RequestId request, ProcessName? target, FailureReason? failure) => failure switch
    {
        null => new ChangeReply.Done(request),
        FailureReason.NoLeader => NotLeading(request, $"{context.Process.Name} has stepped down"),
        FailureReason.Invalid => new ChangeReply.NotMade(
            request,
            FailureReason.Invalid,
            target is { } named ? $"{named} is not a voter that could lead." : "No other voter could lead.",
            IsOver: true),
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
