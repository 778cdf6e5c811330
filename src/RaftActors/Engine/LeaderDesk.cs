using System.Diagnostics;

using Akka.Actor;

using RaftActors.Core;
using RaftActors.Wire;

namespace RaftActors.Engine;

/// <summary>
/// The transfers, joins and leaves that others, or this process itself, want of the leader: passed on if this process does not lead, else
/// given to Core. Whoever asked hears what became of it.
/// </summary>
internal sealed class LeaderDesk(EngineContext context, Action<Input> step)
{
    private readonly Dictionary<RequestId, IActorRef> _asked = [];
    private readonly List<(RequestId Request, IActorRef Origin, LogIndex Index, Term Term)> _taken = [];
    private readonly List<(RequestId Request, IActorRef Origin)> _transfers = [];
    private ProcessName? _target;

    public void Submit(WireMessage.ChangeRequest request, IActorRef origin)
    {
        if (context.Leader is { IsSelf: true })
        {
            Begin(request.Request, request.Change, origin);
        }
        else if (LeaderWay.PassOn(context, request.Hops) is { } leader)
        {
            leader.Tell(request with { Hops = request.Hops - 1 }, origin);
        }
        else
        {
            Tell(origin, new WireMessage.ChangeRefused(request.Request, $"{context.Process.Pid.Name} does not lead"));
        }
    }

    public void OnTransferEnded(Effect.TransferEnded ended)
    {
        // It was not asked for here.
        if (ended.Target != _target)
        {
            return;
        }

        foreach (var (request, origin) in _transfers)
        {
            Tell(origin, ToAnswer(request, ended.Outcome));
        }

        _transfers.Clear();
    }

    public void OnAccepted(Effect.MembersAccepted accepted, Term term)
    {
        if (_asked.Remove(accepted.Request, out var origin))
        {
            _taken.Add((accepted.Request, origin, accepted.Index, term));
            Tell(origin, new WireMessage.ChangeTaken(accepted.Request, accepted.Index, term));
        }
    }

    public void OnRefused(Effect.MembersRefused refused)
    {
        if (_asked.Remove(refused.Request, out var origin))
        {
            Tell(origin, refused.Reason == MembersRefusalReason.Invalid
                ? new WireMessage.ChangeDenied(refused.Request, refused.Detail)
                : new WireMessage.ChangeRefused(refused.Request, refused.Detail));
        }
    }

    /// <summary>
    /// A configuration is committed. One that is not joint ends the changes up to its index that were taken in its term. Changes of an
    /// earlier term may have been overwritten; the origin of each learns from its own log what became of it.
    /// </summary>
    public void OnCommitted(LogEntry entry)
    {
        // A step may commit the entries of the next leader before it tells that this process was deposed.
        _taken.RemoveAll(taken => taken.Term != entry.Term);
        if (_taken.Count == 0 || entry.Payload is not Payload.Reconfigure { Configuration.IsJoint: false })
        {
            return;
        }

        foreach (var taken in _taken.Where(taken => taken.Index <= entry.Index).ToArray())
        {
            _taken.Remove(taken);
            Tell(taken.Origin, new WireMessage.ChangeDone(taken.Request));
        }
    }

    /// <summary>This process no longer leads. The origin of each change that was taken learns from its own log what became of it.</summary>
    public void OnDeposed() => _taken.Clear();

    /// <summary>Another leader sent a snapshot, so this process no longer leads.</summary>
    public void OnInstalled() => _taken.Clear();

    private void Begin(RequestId request, GroupChange change, IActorRef origin)
    {
        switch (change)
        {
            case GroupChange.Transfer transfer:
                BeginTransfer(request, transfer.Target, origin);
                break;
            case GroupChange.Join join:
                BeginMembers(request, new MemberChange.Join(join.Name), origin);
                break;
            case GroupChange.Leave leave:
                BeginMembers(request, new MemberChange.Leave(leave.Name), origin);
                break;
            default:
                throw new UnreachableException();
        }
    }

    private void BeginTransfer(RequestId request, ProcessName? target, IActorRef origin)
    {
        if (target == context.Process.Pid.Name)
        {
            Tell(origin, new WireMessage.ChangeDone(request));
        }
        else if (_transfers.Count == 0)
        {
            _target = target;
            _transfers.Add((request, origin));
            step(new Input.Transfer(target));
        }
        else if (target == _target)
        {
            _transfers.Add((request, origin));
        }
        else
        {
            Tell(origin, new WireMessage.ChangeRefused(request, "the leadership is being handed over already"));
        }
    }

    private void BeginMembers(RequestId request, MemberChange change, IActorRef origin)
    {
        _asked[request] = origin;
        step(new Input.ChangeMembers(request, context.ConfigurationIndex, change));
    }

    private WireMessage ToAnswer(RequestId request, TransferOutcome outcome) => outcome switch
    {
        TransferOutcome.Done => new WireMessage.ChangeDone(request),
        TransferOutcome.NotLeader => new WireMessage.ChangeRefused(request, $"{context.Process.Pid.Name} lost the lead meanwhile"),
        TransferOutcome.NoSuchVoter => new WireMessage.ChangeDenied(
            request, _target is { } target ? $"{target} is no voter that could lead." : "There is no other voter that could lead."),
        TransferOutcome.TimedOut => new WireMessage.ChangeDenied(
            request, $"Nobody took over within raft.transfer-timeout; {context.Process.Pid.Name} leads on."),
        _ => throw new UnreachableException(),
    };

    private void Tell(IActorRef origin, WireMessage answer) => origin.Tell(answer, context.Self);
}
